// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.OutboxEntry.Sealed;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Cuts use into items when it is time; and, where a billing period begins within an hour, what was
 * used of that hour before, within a minute or two: the invoice of the period that ended is final
 * an hour later, which may be before the next cut on the hour is sent. Thread-safe.
 */
final class Cutting {

  private static final long HOUR = 3600;

  /** A batch that is on its way is taken along. */
  private static final long SETTLE_SECONDS = 30;

  private static final long EACH_SECONDS = 60;

  private final Outbox outbox;
  private final FlushTimes times;
  private final PeriodStarts periods;
  private long looked;

  Cutting(Outbox outbox, FlushTimes times, PeriodStarts periods) {
    this.outbox = outbox;
    this.times = times;
    this.periods = periods;
  }

  /**
   * Cuts what is due.
   *
   * @throws IOException if it could not be written down: it is due again
   */
  void step(Instant now) throws IOException, InterruptedException {
    if (times.isDue(outbox.look(OutboxState::lastSealed), now)) {
      outbox.seal(new Sealed(times.before(now), now.getEpochSecond(), ""));
    }
    if (isNextMinute(now.getEpochSecond())) {
      long settled = now.getEpochSecond() - SETTLE_SECONDS;
      Instant hour = Instant.ofEpochSecond(HOUR * Math.floorDiv(now.getEpochSecond(), HOUR));
      for (String customer : usedIn(hour)) {
        Optional<Instant> begun =
            periods.within(customer, hour).filter(begin -> begin.getEpochSecond() <= settled);
        if (begun.isPresent()) {
          long before = begun.get().getEpochSecond();
          outbox.seal(new Sealed(before, now.getEpochSecond(), customer));
        }
      }
    }
  }

  private synchronized boolean isNextMinute(long now) {
    boolean next = now >= looked + EACH_SECONDS || now < looked;
    looked = next ? now : looked;
    return next;
  }

  /** Whose use of an hour, from its begin, is not cut. */
  private Set<String> usedIn(Instant hour) {
    return outbox.look(
        state -> {
          Set<String> customers = new TreeSet<>();
          state
              .windows()
              .subMap(UsageWindow.first(hour), UsageWindow.first(hour.plusSeconds(1)))
              .forEach(
                  (window, known) -> {
                    if (known.open() > 0) {
                      customers.add(window.customer());
                    }
                  });
          return customers;
        });
  }
}
