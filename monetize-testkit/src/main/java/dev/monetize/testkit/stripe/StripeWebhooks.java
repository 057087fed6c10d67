// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.util.List;

/**
 * How events reach those who listen: at once and in order, unless something else is asked for here.
 * What a listener does not answer with 2xx comes again after a minute, half an hour and three hours
 * of the clock. Thread-safe.
 */
public final class StripeWebhooks {

  private final Courier courier;

  StripeWebhooks(Courier courier) {
    this.courier = courier;
  }

  /** Keeps back what comes from now on, until it is released. */
  public void hold() {
    courier.hold();
  }

  /** Delivers what was held, in order, and goes on as usual. */
  public void release() {
    courier.release();
  }

  /** Delivers what was held, in another order, and goes on as usual. */
  public void releaseShuffled(long seed) {
    courier.shuffle(seed);
    courier.release();
  }

  /**
   * Delivers each event that comes from now on so many times.
   *
   * @throws IllegalArgumentException if less than once
   */
  public void repeat(int times) {
    if (times < 1) {
      throw new IllegalArgumentException("times must be at least 1, got " + times);
    }
    courier.repeat(times);
  }

  /** Loses the next deliveries on their way; they come again as if they had been refused. */
  public void lose(int deliveries) {
    courier.lose(deliveries);
  }

  /** All tries so far, in order. */
  public List<StripeDelivery> deliveries() {
    return courier.deliveries();
  }
}
