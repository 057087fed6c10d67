// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What limits promise, over random histories of instances that share a server, with and without
 * leases, with calls under way, a ledger, and a server that they do without: instances that are
 * killed with what they had taken ahead, failovers that lose the last writes, clocks that jump or
 * are off, scripts that are gone, answers that are lost, a server that is away. The server is the
 * model that the script equals bit for bit.
 */
class HistoriesTest {

  private static final int HISTORIES = Integer.getInteger("monetize.test.histories", 100_000);

  private final Map<HistoryFaults.Event, Integer> events = new EnumMap<>(HistoryFaults.Event.class);
  private final Map<HistorySetting.Kind, Integer> kinds = new EnumMap<>(HistorySetting.Kind.class);
  private long allowed;
  private long leased;
  private long full;
  private long alone;
  private long busy;

  private void run(long seed) {
    History history = new History(seed);
    history.run();
    synchronized (events) {
      history.events().forEach((event, times) -> events.merge(event, times, Integer::sum));
      allowed += history.allowed();
      leased += history.leased();
      full += history.quotaUsedUp() ? 1 : 0;
      alone += history.alone();
      busy += history.permitsUsedUp() ? 1 : 0;
      kinds.merge(history.kind(), 1, Integer::sum);
    }
  }

  @Test
  void bounds_hold() {
    long seed = Long.getLong("monetize.seed", System.nanoTime());
    System.out.println("HistoriesTest: -Dmonetize.seed=" + seed);
    long[] seeds = new Random(seed).longs(HISTORIES).toArray();
    long began = System.nanoTime();
    PrintStream told = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      Arrays.stream(seeds).parallel().forEach(this::run);
    } finally {
      System.setErr(told);
    }
    System.out.printf(
        "HistoriesTest: %,d histories in %d s %s, %,d calls allowed, %,d of them by leases, %,d by"
            + " instances alone; %,d quotas and %,d concurrency limits used up; %s%n",
        HISTORIES,
        (System.nanoTime() - began) / 1_000_000_000,
        kinds,
        allowed,
        leased,
        alone,
        full,
        busy,
        events);
    assertThat(leased).isGreaterThan(allowed / 4);
    assertThat(alone).isGreaterThan(10L * HISTORIES / 10);
    assertThat(busy).isGreaterThan(HISTORIES / 20);
    assertThat(full).isGreaterThan(HISTORIES / 5);
    for (HistoryFaults.Event event : HistoryFaults.Event.values()) {
      assertThat(events.get(event)).as("%s", event).isGreaterThan(HISTORIES / 20);
    }
  }
}
