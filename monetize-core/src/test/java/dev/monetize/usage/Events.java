// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Events to test with. */
final class Events {

  /** 2026-11-20T12:00:00Z. */
  static final long NOON = 1_795_176_000_000_000_000L;

  private Events() {}

  static UsageEvent call(String customer) {
    return call(customer, NOON);
  }

  static UsageEvent call(String customer, long nanos) {
    return new UsageEvent(
        nanos,
        nanos + 1_000_000,
        customer,
        "key",
        "pro",
        "/v1/x",
        200,
        false,
        List.of(new Measure("calls", 1)),
        List.of());
  }

  /** Anything that an event may be, mostly small. */
  static UsageEvent random(Random random) {
    long time = NOON + random.nextLong() % (40L * 24 * 3600 * 1_000_000_000L);
    List<Measure> measures = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      measures.add(
          new Measure("m" + i + text(random, 10), random.nextLong() >>> (1 + random.nextInt(63))));
    }
    List<QuotaWindow> windows = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      windows.add(
          new QuotaWindow(
              text(random, 20), text(random, 20), random.nextBoolean(), random.nextInt()));
    }
    return new UsageEvent(
        time,
        time + random.nextInt(),
        "c" + text(random, 30),
        text(random, 30),
        text(random, 30),
        text(random, 100),
        random.nextInt(1000) - 1,
        random.nextBoolean(),
        measures,
        windows,
        random.nextInt(4) > 0
            ? null
            : new ExternalId(random.nextLong(), random.nextLong(), random.nextLong()));
  }

  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    boolean ascii = random.nextInt(3) > 0;
    for (int i = random.nextInt(most); i > 0; i--) {
      text.append((char) (ascii ? random.nextInt(128) : random.nextInt(65536)));
    }
    return text.toString();
  }
}
