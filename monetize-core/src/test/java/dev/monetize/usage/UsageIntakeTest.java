// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.usage.Recording.Conflict;
import dev.monetize.usage.Recording.Duplicate;
import dev.monetize.usage.Recording.Recorded;
import dev.monetize.usage.Recording.Refused;
import dev.monetize.usage.Recording.Unavailable;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class UsageIntakeTest {

  @TempDir private Path directory;
  private final TestClock clock = new TestClock();
  private Ledger ledger = new Ledger(clock);
  private FileUsageJournal journal;
  private RecordedIds ids;
  private UsageIntake intake;

  @BeforeEach
  void open() throws IOException {
    ids = RecordedIds.in(directory.resolve("ids"), 1000);
    ledger = new Ledger(clock);
    journal =
        FileUsageJournal.openWith(
            directory.resolve("journal"),
            1 << 20,
            (sequence, event) -> {
              ledger.fold(sequence, event);
              ids.event(sequence, event);
            });
    intake = UsageIntake.open(directory, journal, ledger, ids, clock);
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void restart() throws IOException {
    journal.close();
    open();
  }

  private ExternalUsage usage(String id, long units) {
    return new ExternalUsage("acme", Map.of("pages", units), clock.instant(), "export", id);
  }

  private long pages() {
    return ledger.units("acme", "pages", Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
  }

  @Test
  void anId_countsOnce_overRestarts() throws IOException {
    ExternalUsage usage = usage("job-1", 12);

    assertThat(intake.record(usage)).isEqualTo(new Recorded(1));
    assertThat(intake.record(usage)).isEqualTo(new Duplicate());
    restart();
    assertThat(intake.record(usage)).isEqualTo(new Duplicate());

    assertThat(pages()).isEqualTo(12);
    assertThat(intake.conflictCount()).isZero();
  }

  @Test
  void eventOfACrash_betweenAppendAndRemember_isKnown() throws IOException {
    ExternalUsage usage = usage("job-1", 12);
    RecordedIds forgetful = RecordedIds.in(directory.resolve("other"));
    UsageIntake crashed = UsageIntake.open(directory, journal, ledger, forgetful, clock);
    assertThat(crashed.record(usage)).isInstanceOf(Recorded.class);
    assertThat(ids.size()).isZero();

    restart();

    assertThat(intake.record(usage)).isEqualTo(new Duplicate());
  }

  @Test
  @Timeout(60)
  void record_waitsForAnotherOfItsIdOnly() throws Exception {
    CountDownLatch appending = new CountDownLatch(1);
    CountDownLatch mayAppend = new CountDownLatch(1);
    UsageJournal slow =
        appendingBy(
            journal,
            event -> {
              if (appending.getCount() > 0) {
                appending.countDown();
                awaitIt(mayAppend);
              }
              return journal.append(event);
            });
    UsageIntake waiting = UsageIntake.open(directory, slow, ledger, ids, clock);
    ExternalUsage usage = usage("slow", 12);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Recording> first = threads.submit(() -> waiting.record(usage));
      appending.await();
      Future<Recording> second = threads.submit(() -> waiting.record(usage));
      for (int i = 0; i < 500; i++) {
        assertThat(waiting.record(usage("quick-" + i, 1))).isInstanceOf(Recorded.class);
      }
      assertThat(second.isDone()).isFalse();

      mayAppend.countDown();

      assertThat(first.get()).isInstanceOf(Recorded.class);
      assertThat(second.get()).isEqualTo(new Duplicate());
    } finally {
      threads.shutdownNow();
    }
  }

  private static void awaitIt(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A journal with another way to append. */
  private static UsageJournal appendingBy(UsageJournal journal, ToLongFunction<UsageEvent> append) {
    return (UsageJournal)
        Proxy.newProxyInstance(
            UsageJournal.class.getClassLoader(),
            new Class<?>[] {UsageJournal.class},
            (proxy, method, arguments) ->
                method.getName().equals("append")
                    ? append.applyAsLong((UsageEvent) arguments[0])
                    : method.invoke(journal, arguments));
  }

  @Test
  void event_holdsWhatWasSaid() throws IOException {
    QuotaWindow window = new QuotaWindow("pages/month", "pages", false, 1_793_491_200);
    Instant time = clock.instant().minusSeconds(90);
    Map<String, Long> units = Map.of("pages", 3L, "bytes", 5L);
    intake.record(
        new ExternalUsage(
            "acme", new java.util.TreeMap<>(units), time, "export", "1", "key_1", "nightly"),
        "pro",
        List.of(window));
    journal.close();

    UsageEvent event = JournalFiles.replay(directory.resolve("journal")).get(0);

    assertThat(event.time()).isEqualTo(time);
    assertThat(event.settled()).isEqualTo(clock.instant());
    assertThat(event.measures()).containsExactly(new Measure("bytes", 5), new Measure("pages", 3));
    assertThat(List.of(event.customer(), event.key(), event.tier(), event.endpoint()))
        .containsExactly("acme", "key_1", "pro", "nightly");
    assertThat(event.windows()).containsExactly(window);
    assertThat(event.external()).isNotNull();
    assertThat(ledger.used("acme", "key_1", window)).isEqualTo(3);
  }

  @Test
  void sameIdWithOtherUsage_isAConflict_andListed() throws IOException {
    ExternalUsage first = usage("job-1", 12);
    intake.record(first);
    restart();
    List<ExternalUsage> others =
        List.of(
            usage("job-1", 13),
            new ExternalUsage("acme", Map.of("sheets", 12L), clock.instant(), "export", "job-1"),
            new ExternalUsage(
                "acme", first.units(), clock.instant().plusNanos(1), "export", "job-1"),
            new ExternalUsage("acme", first.units(), clock.instant(), "export", "job-1", "key", ""),
            new ExternalUsage(
                "acme", first.units(), clock.instant(), "export", "job-1", "", "key"));

    for (ExternalUsage other : others) {
      assertThat(intake.record(other)).isEqualTo(new Conflict());
    }

    assertThat(intake.record(first)).isEqualTo(new Duplicate());
    assertThat(intake.conflictCount()).isEqualTo(5);
    assertThat(intake.conflicts()).extracting(IdConflict::usage).isEqualTo(others);
    assertThat(pages()).isEqualTo(12);
    for (int i = 0; i < 200; i++) {
      intake.record(usage("job-1", 100 + i));
    }
    assertThat(intake.conflicts()).hasSize(100);
    assertThat(intake.conflicts().get(99).usage()).isEqualTo(usage("job-1", 299));
    assertThat(intake.conflictCount()).isEqualTo(205);
  }

  @Test
  void fieldsThatReadAlikeWhenJoined_areDifferentIds() {
    String[][] fields = {
      {"a", "b", "c"},
      {"ab", "c", "d"},
      {"a", "bc", "d"},
      {"a", "b", "cd"},
      {"a-b", "c", "d"},
      {"a", "b-c", "d"},
      {"a", "b", "c-d"},
      {"a\0b", "c", "d"},
      {"a", "b\0c", "d"},
      {"a", "\u00e9", "d"},
      {"a", "e\u0301", "d"},
      {"a", "\ud800", "d"},
      {"a", "\ud801", "d"},
      {"a", "b", "0"},
      {"a", "b", "00"},
      {"b", "a", "c"}
    };
    for (String[] each : fields) {
      ExternalUsage usage =
          new ExternalUsage(each[0], Map.of("pages", 1L), clock.instant(), each[1], each[2]);
      assertThat(intake.record(usage)).as(usage.toString()).isInstanceOf(Recorded.class);
    }
  }

  @Test
  void time_is35DaysBackAndFiveMinutesAheadAtMost() {
    Instant now = clock.instant();

    assertThat(intake.record(at(now.minus(Duration.ofDays(35)), "1"))).isInstanceOf(Recorded.class);
    assertThat(intake.record(at(now.plusSeconds(300), "2"))).isInstanceOf(Recorded.class);
    assertThat(intake.record(at(now.minus(Duration.ofDays(35)).minusNanos(1), "3")))
        .isEqualTo(
            new Refused("time must be at most 35 days ago, got 2026-10-16T11:59:59.999999999Z"));
    assertThat(intake.record(at(now.plusSeconds(300).plusNanos(1), "4")))
        .isEqualTo(
            new Refused(
                "time must be at most 5 minutes ahead, got 2026-11-20T12:05:00.000000001Z"));
    assertThat(pages()).isEqualTo(2);
  }

  private static ExternalUsage at(Instant time, String id) {
    return new ExternalUsage("acme", Map.of("pages", 1L), time, "export", id);
  }

  @Test
  void usageOfAMomentAheadBeforeMidnight_neverCountsTwice() throws IOException {
    clock.advance(Duration.ofHours(12).minusSeconds(1));
    ExternalUsage usage = at(clock.instant().plusSeconds(300), "1");
    assertThat(intake.record(usage)).isInstanceOf(Recorded.class);
    clock.advance(Duration.ofSeconds(2));
    for (int hours = 0; hours < 40 * 24; hours++) {
      clock.advance(Duration.ofHours(1));
      intake.record(usage("tick-" + hours, 1));

      assertThat(intake.record(usage)).as("after %d h", hours).isNotInstanceOf(Recorded.class);
    }
    assertThat(intake.record(usage)).isInstanceOf(Refused.class);
  }

  @Test
  void anyHistory_countsAsANaiveOracleDoes() throws IOException {
    long seed = 20261121;
    Random random = new Random(seed);
    Instant[] recordedAt = new Instant[3000];
    Map<String, ExternalUsage> first = new HashMap<>();
    List<ExternalUsage> sent = new ArrayList<>();
    Set<ExternalUsage> counted = new HashSet<>();
    long pages = 0;
    for (int step = 0; step < 30_000; step++) {
      clock.advance(Duration.ofSeconds(random.nextInt(600)));
      if (random.nextInt(3000) == 0) {
        restart();
      }
      ExternalUsage usage = next(random, sent, recordedAt.length);
      int id = Integer.parseInt(usage.id());
      Instant before = recordedAt[id];

      Recording answer = intake.record(usage);

      String as = "seed %d, step %d, %s".formatted(seed, step, usage);
      if (before != null && age(before).compareTo(Duration.ofDays(35)) <= 0) {
        boolean same = usage.equals(first.get(usage.id()));
        assertThat(answer).as(as).isEqualTo(same ? new Duplicate() : new Conflict());
      } else if (before == null || age(before).compareTo(Duration.ofDays(37)) > 0) {
        boolean old = age(usage.time()).compareTo(Duration.ofDays(35)) > 0;
        assertThat(answer).as(as).isInstanceOf(old ? Refused.class : Recorded.class);
      }
      if (answer instanceof Recorded) {
        assertThat(counted.add(usage)).as(as).isTrue();
        recordedAt[id] = clock.instant();
        first.put(usage.id(), usage);
        pages += usage.units().get("pages");
        assertThat(pages()).as(as).isEqualTo(pages);
      }
      sent.add(usage);
    }
    restart();
    assertThat(pages()).isEqualTo(pages);
    assertThat(age(Instant.parse("2026-11-20T12:00:00Z"))).isGreaterThan(Duration.ofDays(100));
    assertThat(ids.files()).isPositive();
  }

  /** New usage, some of it under an id that may be taken, or some that was sent before. */
  private ExternalUsage next(Random random, List<ExternalUsage> sent, int ids) {
    if (!sent.isEmpty() && random.nextInt(3) == 0) {
      int back = 1 + random.nextInt(Math.min(sent.size(), 1 << random.nextInt(15)));
      return sent.get(sent.size() - back);
    }
    Instant time = clock.instant().minusSeconds(random.nextInt(36 * 86_400));
    return new ExternalUsage(
        "acme",
        Map.of("pages", (long) random.nextInt(5)),
        time,
        "export",
        Integer.toString(random.nextInt(ids)));
  }

  private Duration age(Instant time) {
    return Duration.between(time, clock.instant());
  }

  @Test
  void ofManyThreadsWithTheSameIds_oneCountsEach() throws Exception {
    int threads = 64;
    int each = 300;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Integer>> recorded = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Random order = new Random(t);
      recorded.add(
          pool.submit(
              () -> {
                go.await();
                int count = 0;
                for (int i = 0; i < each; i++) {
                  int id = order.nextInt(4) == 0 ? order.nextInt(each) : i;
                  Recording answer = intake.record(usage("job-" + id, 1));
                  count += answer instanceof Recorded ? 1 : 0;
                  assertThat(answer).isNotInstanceOf(Conflict.class);
                }
                return count;
              }));
    }
    go.countDown();
    int sum = 0;
    for (Future<Integer> count : recorded) {
      sum += count.get();
    }
    pool.shutdown();

    assertThat(sum).isEqualTo(each);
    assertThat(pages()).isEqualTo(each);
    restart();
    assertThat(pages()).isEqualTo(each);
    assertThat(ids.size()).isEqualTo(each);
  }

  @Test
  void closedJournal_isUnavailable_andTheIdIsFree() throws IOException {
    journal.close();
    assertThat(intake.record(usage("job-1", 1))).isEqualTo(new Unavailable());
    open();

    assertThat(intake.record(usage("job-1", 1))).isInstanceOf(Recorded.class);
    assertThat(pages()).isEqualTo(1);
  }

  @Test
  void lostSecret_isRefused_ifIdsNeedIt() throws IOException {
    Path secret = directory.resolve("ids.secret");
    Files.delete(secret);
    restart();
    intake.record(usage("job-1", 1));
    Files.delete(secret);
    journal.close();

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(secret + " is missing, but the journal holds usage from elsewhere");
    journal.close();
    Files.writeString(secret, "short");
    assertThatThrownBy(this::open)
        .hasMessage(secret + " must have 32 bytes, got 5. Restore it from a backup");
  }

  @Test
  void usage_outOfBounds_isRefused() {
    Instant now = clock.instant();
    Map<String, Long> one = Map.of("pages", 1L);

    assertThatThrownBy(() -> new ExternalUsage("", one, now, "s", "i"))
        .hasMessage("customer must not be empty");
    assertThatThrownBy(() -> new ExternalUsage("c", one, now, "s", ""))
        .hasMessage("id must not be empty");
    assertThatThrownBy(() -> new ExternalUsage("c", one, now, "s", "x".repeat(257)))
        .hasMessage("id must have at most 256 characters, got 257 (\"" + "x".repeat(40) + "…\")");
    assertThatThrownBy(() -> new ExternalUsage("c", Map.of(), now, "s", "i"))
        .hasMessage("units must not be empty (customer \"c\")");
    assertThatThrownBy(() -> new ExternalUsage("c", Map.of("pages", -1L), now, "s", "i"))
        .hasMessage("units must not be negative, got -1 (meter \"pages\")");
    assertThatThrownBy(() -> new ExternalUsage("c", one, Instant.MAX, "s", "i"))
        .hasMessage("time must be of this age, got " + Instant.MAX);
  }

  /**
   * Whether it lasts is unknown, so a second try may neither count it again nor call it recorded.
   */
  @Test
  void usageOfUnknownFate_isUnavailableUntilARestart() throws Exception {
    AtomicBoolean known = new AtomicBoolean();
    UsageJournal unsure =
        appendingBy(
            journal,
            event -> {
              long sequence = journal.append(event);
              return known.getAndSet(true) ? sequence : -sequence;
            });
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-03-10T12:00:00Z"));
    Path own = Files.createDirectory(directory.resolve("unsure"));
    UsageIntake intake =
        UsageIntake.open(own, unsure, new Ledger(clock), RecordedIds.in(own), clock);

    assertThat(intake.record(unsure(clock, "job-1", 3))).isInstanceOf(Recording.Unavailable.class);
    assertThat(intake.record(unsure(clock, "job-1", 3))).isInstanceOf(Recording.Unavailable.class);
    assertThat(intake.record(unsure(clock, "job-1", 4))).isInstanceOf(Recording.Unavailable.class);
    assertThat(intake.record(unsure(clock, "job-2", 3)))
        .as("appended second")
        .isEqualTo(new Recording.Recorded(2));
  }

  private static ExternalUsage unsure(InstantSource clock, String id, long units) {
    return new ExternalUsage("acme", Map.of("pages", units), clock.instant(), "queue", id);
  }
}
