// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Has the use of a customer reported shortly before its subscription ends, since no invoice comes
 * after that, and ever more closely: what is used after the last time is on no invoice. Stripe is
 * called only where something was used since the time before. After a restart a time may come once
 * more, which harms nobody. Thread-safe.
 */
final class EndFlush {

  /**
   * How long before the end. The first ones leave time for a Stripe that fails; the last one for
   * half a second of waiting ({@link Workers}), and a call and its first retry.
   */
  static final List<Duration> BEFORE =
      List.of(
          Duration.ofMinutes(5),
          Duration.ofMinutes(1),
          Duration.ofSeconds(20),
          Duration.ofSeconds(8),
          Duration.ofSeconds(3));

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
    for (Due due : book.look(state -> state.ending(now, now.plus(BEFORE.get(0))))) {
      Instant wanted = lastTime(due.at(), now);
      if (done.getOrDefault(due, Instant.MIN).isBefore(wanted)) {
        flusher.flush(due.customer());
        done.put(due, wanted);
        any = true;
      }
    }
    return any;
  }

  /** The last time that has come. */
  private static Instant lastTime(Instant end, Instant now) {
    Instant last = Instant.MIN;
    for (Duration before : BEFORE) {
      Instant time = end.minus(before);
      last = time.isAfter(now) ? last : time;
    }
    return last;
  }
}
