// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.MutableClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Usage with ids of the caller's, delivered again and with other content, over restarts: the same
 * answers, ids and totals as stores that others made.
 */
class RecordedUsageOracleTest {

  private static final long SEED = Long.getLong("monetize.test.seed", 20261121);
  private static final int STEPS = 10_000;
  private static final int IN_MEMORY = 1000; // the rest is in files
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  @TempDir private Path directory;
  private final MutableClock clock = new MutableClock(NOON);
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<Long, ExternalUsage> bySequence = new HashMap<>();
  private final TreeMap<Long, UsageEvent> read = new TreeMap<>();
  private final Map<UsageOracle.Answer, Integer> answers = new EnumMap<>(UsageOracle.Answer.class);
  private int refused;
  private Ledger ledger;
  private FileUsageJournal journal;
  private UsageIntake intake;

  private void open() throws IOException {
    ledger = new Ledger(clock);
    RecordedIds ids = RecordedIds.in(directory.resolve("ids"), IN_MEMORY);
    JournalSettings settings = JournalSettings.on(clock).segmentBytes(128 << 10);
    journal = FileUsageJournal.open(directory.resolve("journal"), settings, List.of(ledger, ids));
    intake = UsageIntake.open(directory, journal, ledger, ids, clock);
  }

  @Test
  void history_isCountedAsMvStoreAndSqliteCountIt() throws Exception {
    open();
    try (UsageOracle maps = new MvStoreOracle(directory.resolve("ids.mv"));
        UsageOracle tables = new SqliteOracle(directory.resolve("ids.db"))) {
      for (int step = 0; step < STEPS; step++) {
        record(usage(), maps, tables, step);
        clock.advance(Duration.ofSeconds(random.nextInt(400)));
        if (random.nextInt(STEPS / 20) == 0) {
          restart(maps, tables);
        }
      }
      compare(maps);
      compare(tables);
    } finally {
      journal.close();
    }
    System.out.printf(
        "recorded usage as MVStore and SQLite count it, seed %d: %s, refused %d%n",
        SEED, answers, refused);
    assertThat(answers).containsOnlyKeys(UsageOracle.Answer.values());
    assertThat(refused).isPositive();
  }

  /** Few ids, so that most come again; some with other content, some too late or too early. */
  private ExternalUsage usage() {
    int number = random.nextInt(STEPS / 4);
    SplittableRandom fixed = new SplittableRandom(number);
    Map<String, Long> units = new TreeMap<>();
    units.put("pages", (long) fixed.nextInt(100));
    if (fixed.nextInt(3) == 0) {
      units.put("bytes", fixed.nextLong(1L << 40));
    }
    long minutes = fixed.nextInt(10) == 0 ? fixed.nextInt(30_000) : -fixed.nextInt(30_000);
    if (random.nextInt(20) == 0) {
      units.merge("pages", 1L, Long::sum);
    }
    return new ExternalUsage(
        "customer-" + fixed.nextInt(20),
        new TreeMap<>(units),
        NOON.plusSeconds(60 * minutes),
        "source-" + fixed.nextInt(3),
        "job-" + fixed.nextInt(2_000),
        fixed.nextBoolean() ? "" : "key_1",
        random.nextInt(50) == 0 ? "again" : "export");
  }

  private void record(ExternalUsage usage, UsageOracle maps, UsageOracle tables, int step)
      throws Exception {
    Recording answer = intake.record(usage);
    boolean late = usage.time().isBefore(clock.instant().minus(RecordedIds.KEPT));
    boolean early = usage.time().isAfter(clock.instant().plus(Duration.ofMinutes(5)));
    if (!maps.knows(usage) && (late || early)) {
      assertThat(answer).as("step %d of seed %d", step, SEED).isInstanceOf(Recording.Refused.class);
      refused++;
      return;
    }
    UsageOracle.Answer expected = maps.record(usage);
    assertThat(tables.record(usage)).as("step %d of seed %d", step, SEED).isEqualTo(expected);
    assertThat(answer(answer)).as("step %d of seed %d", step, SEED).isEqualTo(expected);
    answers.merge(expected, 1, Integer::sum);
    if (answer instanceof Recording.Recorded recorded) {
      bySequence.put(recorded.sequence(), usage);
    }
  }

  private static UsageOracle.Answer answer(Recording recording) {
    if (recording instanceof Recording.Recorded) {
      return UsageOracle.Answer.RECORDED;
    }
    if (recording instanceof Recording.Duplicate) {
      return UsageOracle.Answer.DUPLICATE;
    }
    if (recording instanceof Recording.Conflict) {
      return UsageOracle.Answer.CONFLICT;
    }
    throw new AssertionError(recording + " (seed " + SEED + ")");
  }

  private void restart(UsageOracle maps, UsageOracle tables) throws Exception {
    if (random.nextBoolean()) {
      journal.checkpoint();
    }
    journal.close();
    maps.restart();
    tables.restart();
    open();
  }

  /** What was accepted is read back from the journal, and what the ledger says is compared. */
  private void compare(UsageOracle oracle) throws Exception {
    journal.sync(Duration.ofSeconds(30));
    Set<String> accepted = new TreeSet<>();
    for (RecordedEvent recorded : journal.reader().read(1, journal.durable(), Integer.MAX_VALUE)) {
      read.put(recorded.sequence(), recorded.event());
      ExternalUsage usage = bySequence.get(recorded.sequence());
      accepted.add(UsageOracle.id(usage) + "\n" + content(recorded.event()));
    }
    assertThat(read.keySet()).isEqualTo(new TreeSet<>(bySequence.keySet()));
    assertThat(accepted).as("ids, seed %d", SEED).isEqualTo(oracle.accepted());
    Map<String, Long> totals = new TreeMap<>();
    for (ExternalUsage usage : bySequence.values()) {
      long hour = UsageOracle.hour(usage);
      Instant from = Instant.ofEpochSecond(3600 * hour);
      ledger
          .totals(usage.customer(), from, from.plusSeconds(3600))
          .forEach(
              (meter, units) ->
                  totals.put(UsageOracle.total(usage.customer(), meter, hour), units));
    }
    Map<String, Long> expected = oracle.totals();
    expected.values().removeIf(units -> units == 0); // a ledger does not tell of nothing
    assertThat(totals).as("totals, seed %d", SEED).isEqualTo(expected);
  }

  private static String content(UsageEvent event) {
    TreeMap<String, Long> units = new TreeMap<>();
    event.measures().forEach(measure -> units.put(measure.meter(), measure.units()));
    return units + "\n" + event.time() + "\n" + event.key() + "\n" + event.endpoint();
  }
}
