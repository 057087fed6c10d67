// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import dev.monetize.price.Money;
import dev.monetize.usage.QuotaWindow;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees which thresholds are reached; what is new goes into a queue. Thread-safe, never waits. */
final class Reached {

  private static final Logger log = LoggerFactory.getLogger(Notices.class);

  private final NoticeRules rules;
  private final InstantSource clock;
  private final Consumer<Mark> queue;
  private final Marks customers = new Marks();
  private final Marks keys = new Marks();
  private final Marks spenders = new Marks();

  /**
   * Nothing is known to be reached.
   *
   * @param queue gets each mark that has something to tell, once until it has been taken
   */
  Reached(NoticeRules rules, InstantSource clock, Consumer<Mark> queue) {
    this.rules = rules;
    this.clock = clock;
    this.queue = queue;
  }

  void used(String customer, String key, QuotaWindow window, long end, long included, long used) {
    int mask = rules.reached(used, included);
    if (mask == 0) {
      return;
    }
    Marks marks = window.perKey() ? keys : customers;
    String owner = window.perKey() ? key : customer;
    Mark mark = marks.find(owner, customer, window.quota(), window.start());
    if (!isKnown(mark, mask)) {
      quota(marks, owner, customer, window, end, included, used, mask);
    }
  }

  private static boolean isKnown(@Nullable Mark mark, int mask) {
    return mark != null && mark.knows(mask);
  }

  private void quota(
      Marks marks,
      String owner,
      String customer,
      QuotaWindow window,
      long end,
      long included,
      long used,
      int mask) {
    try {
      Instant now = clock.instant();
      Instant start = Instant.ofEpochSecond(window.start());
      Instant ends = Instant.ofEpochSecond(end);
      Optional<String> key = window.perKey() ? Optional.of(owner) : Optional.empty();
      reach(
          marks.make(owner, customer, window.quota(), window.start(), ends),
          mask,
          percent ->
              new Notice.QuotaReached(
                  customer,
                  key,
                  window.quota(),
                  window.meter(),
                  start,
                  ends,
                  included,
                  used,
                  percent,
                  now));
    } catch (RuntimeException e) {
      log.error("a threshold of {}, reached by {}, could not be noticed", window, customer, e);
    }
  }

  void spent(String customer, String quota, long start, long end, Money cap, Money amount) {
    int mask = rules.reached(amount.nanos(), cap.nanos());
    String currency = cap.currency().getCurrencyCode();
    if (mask == 0 || isKnown(spenders.find(customer, currency, quota, start), mask)) {
      return;
    }
    try {
      Instant now = clock.instant();
      Instant starts = Instant.ofEpochSecond(start);
      Instant ends = Instant.ofEpochSecond(end);
      reach(
          spenders.make(customer, currency, quota, start, ends),
          mask,
          percent ->
              new Notice.SpendReached(customer, quota, starts, ends, cap, amount, percent, now));
    } catch (RuntimeException e) {
      log.error("what {} spent on {} could not be noticed", customer, quota, e);
    }
  }

  private void reach(Mark mark, int mask, IntFunction<Notice> maker) {
    if (mark.reach(mask, threshold -> maker.apply(rules.percents().get(threshold)))) {
      queue.accept(mark);
    }
  }

  /** Forgets windows that have ended. */
  void clean(Instant now) {
    customers.clean(now);
    keys.clean(now);
    spenders.clean(now);
  }

  /** Knows nothing any more: others may have told since. */
  void forget() {
    customers.clear();
    keys.clear();
    spenders.clear();
  }
}
