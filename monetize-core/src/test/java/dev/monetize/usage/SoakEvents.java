// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of a soak: the n-th event of a writer is always the same, and tells which it is.
 *
 * @param seed of all that varies
 * @param start event time of the first ones, in nanoseconds
 * @param each how many events each writer has; they are spread over a day
 */
record SoakEvents(long seed, long start, long each) {

  static final int WRITERS = 4;
  static final int CUSTOMERS = 50;
  static final List<String> METERS = List.of("calls", "tokens", "bytes");
  static final QuotaWindow WINDOW = new QuotaWindow("calls/month", "calls", false, 1_793_491_200L);

  private static final Measure CALL = new Measure("calls", 1);
  private static final List<QuotaWindow> WINDOWS = List.of(WINDOW);
  private static final int FIRST_DIGIT = "customer-".length();

  static String customer(int number) {
    return "customer-" + number / 10 + number % 10;
  }

  static int customer(UsageEvent event) {
    return Integer.parseInt(event.customer(), FIRST_DIGIT, FIRST_DIGIT + 2, 10);
  }

  static int writer(UsageEvent event) {
    return event.key().charAt(event.key().length() - 1) - '0';
  }

  /** Which of its writer's events it says that it is. */
  long number(UsageEvent event) {
    return (event.timeNanos() - start) / step();
  }

  /** How many of them are a batch. */
  int batch() {
    return (int) Math.min(20_000, Math.max(1_000, each / 25));
  }

  private long step() {
    return Duration.ofDays(1).toNanos() / each;
  }

  UsageEvent event(int writer, long number) {
    long random = mix(mix(seed + writer) + number);
    long time = start + number * step();
    List<Measure> measures = new ArrayList<>(3);
    measures.add(CALL);
    if ((random & 3) != 0) {
      measures.add(new Measure("tokens", random >>> 8 & 511));
    }
    if ((random & 12) == 0) {
      measures.add(new Measure("bytes", random >>> 20 & 65535));
    }
    return new UsageEvent(
        time,
        time + (random >>> 40 & 0xfffff),
        customer((int) ((random >>> 40) % CUSTOMERS)),
        "key_" + writer,
        "pro",
        "/v1/reports/{id}",
        200,
        false,
        measures,
        WINDOWS);
  }

  static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
