// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.RateLimiter;
import dev.monetize.usage.Aggregation;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.Measure;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageJournal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles calls: each is told to it once, by {@link Granted}. Thread-safe. */
final class Settling {

  private static final Logger log = LoggerFactory.getLogger(Monetizer.class);
  private static final int MOST_WARNINGS = 1_000;

  private final Time time;
  private final RateLimiter limiter;
  private final UsageJournal journal;
  private final Ledger ledger;
  private final NoticeWatch watch;
  private final Offers offers;
  private final LongAdder unmetered = new LongAdder();
  private final AtomicBoolean warnedUnmetered = new AtomicBoolean();

  /** Endpoints and meters that a warning was logged for. */
  private final Set<String> undeclared = ConcurrentHashMap.newKeySet();

  Settling(Monetizer.Parts parts) {
    this.time = parts.time();
    this.limiter = parts.limiter();
    this.journal = parts.journal();
    this.ledger = parts.ledger();
    this.watch = parts.watch();
    this.offers = parts.offers();
  }

  /** How many calls were served that count, and are not billed, since usage was not taken. */
  long unmetered() {
    return unmetered.sum();
  }

  /**
   * Settles a call. The limiter is corrected before the ledger counts the event, because a limiter
   * that has meanwhile forgotten the caller asks the ledger what it used.
   */
  void settle(Granted call, Outcome outcome) {
    try {
      long now = time.now();
      boolean counts = outcome.answered() && call.endpoint().billable().covers(outcome.status());
      boolean billable = counts && call.metered();
      if (counts && !billable) {
        unmetered(call);
      }
      List<Measure> measures = billable ? call.measures(now) : List.of();
      UsageEvent event = billable ? event(call, outcome, measures, now) : null;
      long sequence = event == null ? 0 : journal.append(event);
      try {
        correct(call, measures, now);
      } finally {
        if (event != null && sequence > 0 && !journal.shared()) {
          ledger.fold(sequence, event);
          watch.settled(call.caller(), call.caller().key(), event.windows());
        }
      }
      warnOfUndeclared(call);
    } catch (RuntimeException e) {
      log.error("{} could not be settled as {}", call, outcome, e);
    }
  }

  private void unmetered(Granted call) {
    unmetered.increment();
    if (warnedUnmetered.compareAndSet(false, true)) {
      log.error(
          "{} was served and is not billed, because usage cannot be written: see what the journal"
              + " logged. health().unmetered() counts such calls; there are no more such lines",
          call);
    }
  }

  private void correct(Granted call, List<Measure> measures, long now) {
    long[] actual = call.caller().plan().actual(call.allowed().charge(), measures);
    if (actual != null) {
      limiter.settle(call.allowed(), actual, now);
    }
  }

  /** A quota holds a caller only at endpoints that declare its meter; it is of a sum. */
  private void warnOfUndeclared(Granted call) {
    List<Measure> added = call.added();
    for (int i = 0; i < added.size(); i++) {
      Measure measure = added.get(i);
      if (!call.declares(measure.meter())
          && offers
                  .current()
                  .catalog()
                  .aggregations()
                  .getOrDefault(measure.meter(), Aggregation.SUM)
              == Aggregation.SUM
          && undeclared.size() < MOST_WARNINGS
          && undeclared.add(call.endpoint().label() + " " + measure.meter())) {
        log.warn(
            "a handler of {} adds to the meter \"{}\", which the tier file does not declare there:"
                + " it is counted, and has the price that the file knows for it, but no quota on it"
                + " is checked before the call. Declare it under endpoints",
            call.endpoint().label(),
            measure.meter());
      }
    }
  }

  private static UsageEvent event(Granted call, Outcome outcome, List<Measure> measures, long now) {
    Caller caller = call.caller();
    return new UsageEvent(
        call.admittedNanos(),
        now,
        caller.customer(),
        caller.key(),
        caller.tier().name(),
        call.endpoint().label(),
        outcome.status(),
        outcome.clientGone(),
        measures,
        caller.plan().windows(call.standing()));
  }

  void notCounted(Granted call, Measure measure) {
    log.warn(
        "{} is not counted for {}: it came after the call was settled, or is one meter too many",
        measure,
        call);
  }
}
