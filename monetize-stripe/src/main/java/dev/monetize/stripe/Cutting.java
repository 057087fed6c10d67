// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.OutboxEntry.Sealed;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Cuts use into items when it is time; and, where a billing period has ended, what was used before,
 * within a minute or two, also what comes late: the invoice of that period is final an hour later,
 * which may be before the next cut on the hour is sent. Thread-safe.
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
      for (Map.Entry<String, Instant> ended : ended(now).entrySet()) {
        long before = ended.getValue().getEpochSecond();
        outbox.seal(new Sealed(before, now.getEpochSecond(), ended.getKey()));
      }
    }
  }

  private synchronized boolean isNextMinute(long now) {
    boolean next = now >= looked + EACH_SECONDS || now < looked;
    looked = next ? now : looked;
    return next;
  }

  /** When periods ended that use is of which is not cut, by customer. */
  private Map<String, Instant> ended(Instant now) {
    long cut = outbox.look(OutboxState::lastSealed);
    Map<String, Instant> ended = new TreeMap<>();
    for (UsageWindow window : open(hour(now))) {
      end(window, cut)
          .filter(end -> !end.isAfter(now.minusSeconds(SETTLE_SECONDS)))
          .ifPresent(end -> ended.merge(window.customer(), end, Cutting::later));
    }
    return ended;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /**
   * When the period of a window's use ended, if it did in its hour or with it. With the hour only
   * where the hour has been cut: what is of it and is not came late.
   */
  private Optional<Instant> end(UsageWindow window, long cut) {
    Instant hour = hour(window.start());
    Optional<Instant> within =
        periods.within(window.customer(), hour).filter(begin -> begin.isAfter(window.start()));
    Instant next = hour.plusSeconds(HOUR);
    return within.isPresent() || cut < next.getEpochSecond()
        ? within
        : periods.within(window.customer(), next).filter(next::equals);
  }

  private static Instant hour(Instant time) {
    return Instant.ofEpochSecond(HOUR * Math.floorDiv(time.getEpochSecond(), HOUR));
  }

  private static UsageWindow ofAllMeters(UsageWindow window) {
    return new UsageWindow(window.customer(), "", window.start());
  }

  /**
   * Whose use is not cut of an hour, from its begin, and of the one before, whatever the meter.
   * Invoices of periods that ended earlier are final.
   */
  private List<UsageWindow> open(Instant hour) {
    return outbox.look(
        state ->
            state
                .windows()
                .subMap(
                    UsageWindow.first(hour.minusSeconds(HOUR)),
                    UsageWindow.first(hour.plusSeconds(1)))
                .entrySet()
                .stream()
                .filter(window -> window.getValue().open() > 0)
                .map(window -> ofAllMeters(window.getKey()))
                .distinct()
                .toList());
  }
}
