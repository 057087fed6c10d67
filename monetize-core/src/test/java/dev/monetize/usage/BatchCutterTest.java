// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What could not be read for a batch is in it, or the next, when it can be. */
class BatchCutterTest {

  private static final int EVENTS = 2_000;

  private final long seed = Long.getLong("monetize.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<RecordedEvent> all = new ArrayList<>();
  private int failures;

  /** A journal on a bad line. */
  private final class Flaky implements EventReader {

    @Override
    public long first() {
      return 1;
    }

    @Override
    public List<RecordedEvent> read(long first, long last, int most) throws IOException {
      if (random.nextInt(3) == 0) {
        failures++;
        throw new IOException("told to");
      }
      return all.stream()
          .filter(event -> event.sequence() >= first && event.sequence() <= last)
          .limit(most)
          .toList();
    }
  }

  @Test
  void readsThatFail_loseNothing() {
    UUID journal = UUID.randomUUID();
    for (long sequence = 1; all.size() < EVENTS; sequence += 1 + random.nextInt(2)) {
      all.add(new RecordedEvent(journal, sequence, Events.call("c" + sequence)));
    }
    long end = all.get(all.size() - 1).sequence();
    ShipSchedule schedule = ShipSchedule.within(100, Duration.ofSeconds(1));
    BatchCutter cutter = new BatchCutter(new Flaky(), schedule, 0);
    List<RecordedEvent> cut = new ArrayList<>();
    long last = 0;
    boolean more = true;
    while (more) {
      last = Math.min(end, last + random.nextInt(300));
      try {
        List<RecordedEvent> batch = cutter.cut(last);
        assertThat(batch).hasSizeLessThanOrEqualTo(100);
        cut.addAll(batch);
        more = last < end || !batch.isEmpty();
      } catch (IOException e) {
        // tried again, as a sink's thread does
      }
    }
    assertThat(cut).as("seed " + seed).isEqualTo(all);
    assertThat(failures).isPositive();
  }
}
