// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.usage.ExternalId;
import dev.monetize.usage.Measure;
import dev.monetize.usage.QuotaWindow;
import dev.monetize.usage.UsageEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Events of all kinds: with and without ids, small and as large as can be, in any script. */
final class RandomUsage {

  private static final long TIME = 1_795_176_000_000_000_000L;
  private static final long HOUR = 3_600_000_000_000L;
  private static final String CHARS = "abcdefgh 0123-_/{}ÄüßЖ中\uD83D\uDE00\u0000\"\n";

  private final RandomGenerator random;

  RandomUsage(RandomGenerator random) {
    this.random = random;
  }

  UsageEvent next() {
    long time = TIME + random.nextLong(100 * HOUR);
    return new UsageEvent(
        time,
        time + random.nextLong(HOUR),
        "c" + random.nextInt(5),
        text(20),
        text(10),
        text(100),
        200 + random.nextInt(400),
        random.nextBoolean(),
        measures(random.nextInt(4)),
        windows(random.nextInt(4)),
        random.nextInt(3) == 0
            ? new ExternalId(random.nextLong(), random.nextLong(), random.nextLong())
            : null);
  }

  /** As long as its bounds allow. */
  static UsageEvent largest() {
    List<Measure> measures = new ArrayList<>();
    List<QuotaWindow> windows = new ArrayList<>();
    for (int i = 0; i < UsageEvent.MAX_ITEMS; i++) {
      String meter = wide(UsageEvent.MAX_METER - 2) + (10 + i);
      measures.add(new Measure(meter, Long.MAX_VALUE));
      windows.add(new QuotaWindow(wide(UsageEvent.MAX_NAME), meter, true, Long.MIN_VALUE));
    }
    return new UsageEvent(
        TIME,
        Long.MAX_VALUE,
        wide(UsageEvent.MAX_NAME),
        wide(UsageEvent.MAX_NAME),
        wide(UsageEvent.MAX_NAME),
        wide(UsageEvent.MAX_ENDPOINT),
        Integer.MAX_VALUE,
        true,
        measures,
        windows,
        new ExternalId(-1, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  byte[] note(int mostBytes) {
    byte[] note = new byte[random.nextInt(mostBytes + 1)];
    random.nextBytes(note);
    return note;
  }

  private List<Measure> measures(int count) {
    List<Measure> measures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      measures.add(new Measure("m" + i, random.nextLong(1_000_000)));
    }
    return measures;
  }

  private List<QuotaWindow> windows(int count) {
    List<QuotaWindow> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      windows.add(new QuotaWindow("q" + i, "m" + i, random.nextBoolean(), random.nextLong()));
    }
    return windows;
  }

  private String text(int most) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(most + 1); left > 0; left--) {
      text.append(CHARS.charAt(random.nextInt(CHARS.length())));
    }
    return text.toString();
  }

  private static String wide(int length) {
    return "中".repeat(length);
  }
}
