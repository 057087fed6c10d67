// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.usage.Shipper;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Has the use of a customer reported out of turn. */
interface UsageFlush {

  /** Longer than the default schedule of a sink, a call and its first retries take together. */
  Duration PATIENCE = Duration.ofSeconds(20);

  /** Nothing is reported. */
  UsageFlush NONE =
      new UsageFlush() {
        @Override
        public void begin(String customer) {}

        @Override
        public void complete(String customer) {}
      };

  /** Has what there is sent soon. */
  void begin(String customer) throws IOException, InterruptedException;

  /**
   * Has all that was used before this call arrive at Stripe.
   *
   * @throws IOException if it did not within a while; it is sent later
   */
  void complete(String customer) throws IOException, InterruptedException;

  /** By a sink, which the shipper serves: a sink within another one gets no time for that. */
  static UsageFlush of(StripeUsageSink sink, Shipper shipper) {
    return of(sink, shipper, PATIENCE);
  }

  /** The same with another patience. */
  static UsageFlush of(StripeUsageSink sink, Shipper shipper, Duration patience) {
    return new UsageFlush() {
      @Override
      public void begin(String customer) throws IOException, InterruptedException {
        sink.flush(customer);
      }

      @Override
      public void complete(String customer) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<String> name = shipper.name(sink);
        if ((name.isPresent() && !shipper.awaitSent(name.get(), patience))
            || !sink.report(customer, Duration.ofNanos(deadline - System.nanoTime()))) {
          throw new IOException(
              "use of customer \"%s\" did not arrive at Stripe within %s: nothing was changed, try again later (%s)"
                  .formatted(customer, patience, sink.backlog()));
        }
      }
    };
  }
}
