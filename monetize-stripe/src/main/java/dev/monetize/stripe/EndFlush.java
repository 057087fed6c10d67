// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Has the use of a customer reported shortly before its subscription ends, since no invoice comes
 * after that: five minutes before, and again in the last minute. After a restart that may happen
 * once more, which harms nobody. Thread-safe.
 */
final class EndFlush {

  static final Duration EARLY = Duration.ofMinutes(5);
  static final Duration LATE = Duration.ofMinutes(1);

  private final BillingBook book;
  private final Flusher flusher;

  /** The last time that was flushed for, by what is due. */
  private final Map<Due, Instant> done = new HashMap<>();

  /** Reports the use of a customer now. */
  @FunctionalInterface
  interface Flusher {
    void flush(String customer) throws IOException, InterruptedException;
  }

  EndFlush(BillingBook book, Flusher flusher) {
    this.book = book;
    this.flusher = flusher;
  }

  /** Does what is due; whether there was any. */
  synchronized boolean step(Instant now) throws IOException, InterruptedException {
    done.keySet().removeIf(due -> !due.at().isAfter(now));
    boolean any = false;
    for (Due due : book.look(state -> state.ending(now, now.plus(EARLY)))) {
      Instant late = due.at().minus(LATE);
      Instant wanted = now.isBefore(late) ? due.at().minus(EARLY) : late;
      if (done.getOrDefault(due, Instant.MIN).isBefore(wanted)) {
        flusher.flush(due.customer());
        done.put(due, wanted);
        any = true;
      }
    }
    return any;
  }
}
