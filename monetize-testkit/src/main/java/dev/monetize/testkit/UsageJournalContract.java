// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.NamedSink;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.RecordedIds;
import dev.monetize.usage.Recording;
import dev.monetize.usage.Shipper;
import dev.monetize.usage.SinkMark;
import dev.monetize.usage.SinkMark.Kind;
import dev.monetize.usage.SinkProgress;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageIntake;
import dev.monetize.usage.UsageJournal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link UsageJournal} must do. Extend it and say how yours is opened:
 *
 * <pre>{@code
 * class LogServiceJournalTest extends UsageJournalContract {
 *   private final LogService service = new LogService();
 *
 *   @Override
 *   protected UsageJournal open(InstantSource clock, List<JournalState> states) {
 *     return LogServiceJournal.open(service, clock, states);
 *   }
 * }
 * }</pre>
 *
 * JUnit makes an instance for each test; the journal must be empty in each.
 */
@Timeout(60)
public abstract class UsageJournalContract {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());

  static {
    System.out.println("UsageJournalContract: -Dmonetize.seed=" + SEED);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Instant NOON = Instant.parse("2027-01-15T12:00:00Z");
  private static final List<Kind> KINDS = List.of(Kind.values());

  @TempDir private Path directory;
  private final MutableClock clock = new MutableClock(NOON);
  private final Deque<UsageJournal> opened = new ArrayDeque<>();
  private final Random random = new Random(SEED);
  private final RandomUsage usage = new RandomUsage(random);

  /** For subclasses. */
  protected UsageJournalContract() {}

  /**
   * Opens the journal, with what it has: called again, after a close, it is the journal after a
   * restart; after a {@link #kill}, that after a crash.
   */
  protected abstract UsageJournal open(InstantSource clock, List<JournalState> states)
      throws Exception;

  /**
   * Lets go of a journal as the end of its process does, without closing it.
   *
   * @return false, the default, if that cannot be done: then it is not tested
   */
  protected boolean kill(UsageJournal journal) throws Exception {
    return false;
  }

  @AfterEach
  final void closeAll() {
    opened.forEach(UsageJournal::close);
  }

  private UsageJournal opened(JournalState... states) throws Exception {
    UsageJournal journal = open(clock, List.of(states));
    opened.push(journal);
    return journal;
  }

  private static List<RecordedEvent> all(UsageJournal journal) throws Exception {
    journal.sync(PATIENCE);
    return journal.reader().read(1, journal.durable(), Integer.MAX_VALUE);
  }

  private List<UsageEvent> append(UsageJournal journal, int count) {
    List<UsageEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UsageEvent event = usage.next();
      assertThat(journal.append(event)).isPositive();
      events.add(event);
    }
    return events;
  }

  private static List<UsageEvent> events(List<RecordedEvent> recorded) {
    return recorded.stream().map(RecordedEvent::event).toList();
  }

  @Test
  void freshJournal_isEmpty_andAccepts() throws Exception {
    UsageJournal journal = opened();

    assertThat(journal.accepting()).isTrue();
    assertThat(journal.durable()).isZero();
    assertThat(journal.reader().first()).isEqualTo(1);
    assertThat(journal.sinks()).isEmpty();
    assertThat(journal.lost()).isZero();
    assertThat(journal.gaps()).isEmpty();
    assertThat(all(journal)).isEmpty();
  }

  @Test
  void events_areReadBackAsTheyWere_underTheSequenceThatWasTold() throws Exception {
    UsageJournal journal = opened();
    List<RecordedEvent> told = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      UsageEvent event = i == 150 ? RandomUsage.largest() : usage.next();
      told.add(new RecordedEvent(journal.id(), journal.append(event), event));
    }

    assertThat(all(journal)).isEqualTo(told);
    assertThat(journal.durable()).isEqualTo(told.get(299).sequence());
  }

  @Test
  void events_ofManyThreads_eachHaveTheirSequence() throws Exception {
    UsageJournal journal = opened();
    Callable<Map<Long, UsageEvent>> appending =
        () -> {
          Map<Long, UsageEvent> told = new TreeMap<>();
          RandomUsage own = new RandomUsage(ThreadLocalRandom.current());
          long last = 0;
          for (int i = 0; i < 200; i++) {
            UsageEvent event = own.next();
            long sequence = journal.append(event);
            assertThat(sequence).isGreaterThan(last);
            told.put(sequence, event);
            last = sequence;
          }
          return told;
        };
    Map<Long, UsageEvent> told = new TreeMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<Map<Long, UsageEvent>> each :
          threads.invokeAll(Collections.nCopies(8, appending))) {
        told.putAll(each.get());
      }
    } finally {
      threads.shutdownNow();
    }

    Map<Long, UsageEvent> read = new TreeMap<>();
    all(journal).forEach(event -> read.put(event.sequence(), event.event()));
    assertThat(told).hasSize(1600);
    assertThat(read).isEqualTo(told);
  }

  @Test
  void reading_keepsToItsRange_andNumber() throws Exception {
    UsageJournal journal = opened();
    append(journal, 50);
    List<RecordedEvent> all = all(journal);
    for (int i = 0; i < 100; i++) {
      int first = random.nextInt(50);
      int last = first + random.nextInt(50 - first);
      int most = 1 + random.nextInt(50);
      assertThat(journal.reader().read(all.get(first).sequence(), all.get(last).sequence(), most))
          .isEqualTo(all.subList(first, Math.min(last + 1, first + most)));
    }
  }

  @Test
  void durable_grows_andIsTold() throws Exception {
    UsageJournal journal = opened();
    CountDownLatch told = new CountDownLatch(1);
    AtomicLong awaited = new AtomicLong(Long.MAX_VALUE);
    journal.onDurable(
        () -> {
          if (journal.durable() >= awaited.get()) {
            told.countDown();
          }
        });
    append(journal, 10);
    awaited.set(journal.durable() + 1);
    append(journal, 1);

    assertThat(told.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void restart_givesEveryRecordAgain_once_inOrder() throws Exception {
    Map<Long, JournalRecord> written = new TreeMap<>();
    Map<String, SinkProgress> sinks = new HashMap<>();
    Set<Object> ids = new HashSet<>();
    for (int round = 0; round < 6; round++) {
      JournalHistory history = new JournalHistory();
      UsageJournal journal = opened(history);
      ids.add(journal.id());
      assertThat(history.records()).isEqualTo(written);
      assertThat(journal.sinks()).isEqualTo(sinks);
      write(journal, random.nextInt(200), written, sinks);
      journal.close();
    }
    assertThat(ids).as("its name is for ever").hasSize(1);
  }

  @Test
  void crash_losesNothingThatWasAcknowledged_andGivesNoSequenceAgain() throws Exception {
    Map<Long, JournalRecord> written = new TreeMap<>();
    Map<String, SinkProgress> sinks = new HashMap<>();
    for (int round = 0; round < 6; round++) {
      JournalHistory history = new JournalHistory();
      UsageJournal journal = opened(history);
      assertThat(history.records()).isEqualTo(written);
      assertThat(journal.sinks()).isEqualTo(sinks);
      write(journal, random.nextInt(200), written, sinks);
      assumeTrue(kill(journal), "it cannot be killed");
    }
  }

  /** Writes records of all kinds; those that states are given, and the sinks, are noted down. */
  private void write(
      UsageJournal journal,
      int count,
      Map<Long, JournalRecord> written,
      Map<String, SinkProgress> sinks)
      throws Exception {
    long last = 0;
    for (int i = 0; i < count; i++) {
      long sequence;
      JournalRecord record;
      switch (random.nextInt(4)) {
        case 0 -> {
          byte[] note = usage.note(UsageJournal.MOST_NOTE_BYTES);
          sequence = journal.note(note);
          record = new JournalRecord.Note(note);
        }
        case 1 -> {
          SinkMark mark = mark(1 + last);
          sequence = journal.mark(mark);
          record = new JournalRecord.Mark(mark);
          mark.into(sinks);
        }
        default -> {
          UsageEvent event = usage.next();
          sequence = journal.append(event);
          record = new JournalRecord.Event(event);
        }
      }
      assertThat(sequence).isGreaterThan(last);
      last = sequence;
      if (!(record instanceof JournalRecord.Mark)) {
        assertThat(written.put(sequence, record)).as("of record %s", sequence).isNull();
      }
    }
  }

  private SinkMark mark(long last) {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    boolean parked = kind == Kind.PARKED;
    return new SinkMark(
        kind,
        "sink-" + random.nextInt(3),
        1 + random.nextLong(last),
        last,
        parked ? random.nextLong() : 0,
        parked ? "because of 中" : "");
  }

  @Test
  void sink_thatIsNew_beginsWithTheOldestEvent_andIsKnownFromThenOn() throws Exception {
    UsageJournal journal = opened();
    append(journal, 3);

    assertThat(journal.progress("new").sent()).isZero();
    assertThat(journal.sinks()).containsOnlyKeys("new");
    assertThat(journal.progress("new").needed()).isEqualTo(1);
  }

  @Test
  void mark_isToldAtOnce_andAfterARestart() throws Exception {
    UsageJournal journal = opened();
    append(journal, 9);
    journal.mark(new SinkMark(Kind.SEALED, "files", 1, 4, 0, ""));
    journal.mark(new SinkMark(Kind.SENT, "files", 1, 4, 0, ""));
    journal.mark(new SinkMark(Kind.PARKED, "files", 5, 6, 77, "no"));
    SinkMark sealed = new SinkMark(Kind.SEALED, "files", 7, 9, 0, "");
    journal.markDurably(sealed);

    SinkProgress progress = journal.progress("files");
    assertThat(progress.sent()).isEqualTo(6);
    assertThat(progress.sealed()).isEqualTo(sealed);
    assertThat(progress.needed()).isEqualTo(5);
    journal.close();

    assertThat(opened().progress("files")).isEqualTo(progress);
  }

  @Test
  void note_isAtMostSoLong() throws Exception {
    UsageJournal journal = opened();

    assertThat(journal.noteDurably(new byte[UsageJournal.MOST_NOTE_BYTES])).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> journal.note(new byte[UsageJournal.MOST_NOTE_BYTES + 1]));
  }

  @Test
  void interruptedThread_appendsAsEver_andStaysInterrupted() throws Exception {
    UsageJournal journal = opened();
    Thread.currentThread().interrupt();
    List<UsageEvent> events = append(journal, 20);
    assertThat(Thread.interrupted()).isTrue();

    assertThat(events(all(journal))).isEqualTo(events);
    assertThat(journal.accepting()).isTrue();
  }

  @Test
  void closedJournal_takesNothing_andThrowsNothing() throws Exception {
    UsageJournal journal = opened();
    List<UsageEvent> events = append(journal, 3);
    journal.close();

    assertThat(journal.accepting()).isFalse();
    assertThat(journal.append(usage.next())).isZero();
    assertThat(journal.note(new byte[1])).isZero();
    assertThat(journal.mark(new SinkMark(Kind.SENT, "files", 1, 3, 0, ""))).isZero();
    assertThat(journal.lost()).isEqualTo(1);
    journal.close();

    UsageJournal again = opened();
    assertThat(events(all(again))).isEqualTo(events);
    assertThat(again.sinks()).isEmpty();
  }

  @Test
  void batchThatFailed_comesAgainAfterARestart_asItWas() throws Exception {
    UsageJournal journal = opened();
    List<UsageEvent> events = append(journal, 40);
    CountDownLatch tried = new CountDownLatch(1);
    List<UsageBatch> refused = Collections.synchronizedList(new ArrayList<>());
    Shipper failing =
        Shipper.start(
            journal,
            List.of(
                new NamedSink(
                    "files",
                    batch -> {
                      refused.add(batch);
                      tried.countDown();
                      throw new IllegalStateException("told to fail");
                    })),
            clock);
    assertThat(failing.close(PATIENCE)).isFalse();
    tried.await();
    journal.close();

    UsageJournal again = opened();
    events.addAll(append(again, 5));
    RecordingSink sink = new RecordingSink();
    Shipper shipper = Shipper.start(again, List.of(new NamedSink("files", sink)), clock);
    assertThat(shipper.close(PATIENCE)).isTrue();

    assertThat(sink.batches().get(0)).isEqualTo(refused.get(0));
    assertThat(sink.events()).isEqualTo(events);
    assertThat(again.progress("files").sent()).isEqualTo(again.durable());
  }

  @Test
  void ledger_isRestored() throws Exception {
    Map<String, Long> units = new TreeMap<>();
    for (int round = 0; round < 3; round++) {
      Ledger ledger = new Ledger(clock);
      UsageJournal journal = opened(ledger);
      Map<String, Long> restored = new TreeMap<>();
      ledger
          .customers()
          .forEach(
              customer ->
                  ledger
                      .totals(customer, NOON.minus(Ledger.KEPT), NOON.plus(Ledger.KEPT))
                      .forEach((meter, sum) -> restored.put(customer + " " + meter, sum)));
      assertThat(restored).isEqualTo(units);
      for (UsageEvent event : append(journal, 100)) {
        event
            .measures()
            .forEach(
                measure ->
                    units.merge(
                        event.customer() + " " + measure.meter(), measure.units(), Long::sum));
      }
      journal.close();
    }
  }

  @Test
  void idFromElsewhere_countsOnce_overRestarts() throws Exception {
    for (int round = 0; round < 3; round++) {
      Ledger ledger = new Ledger(clock);
      RecordedIds ids = RecordedIds.in(directory);
      UsageJournal journal = opened(ledger, ids);
      UsageIntake intake = UsageIntake.open(directory, journal, ledger, ids, clock);
      Recording again = intake.record(external("job", 3));
      Recording fresh = intake.record(external("job-" + round, 1));

      assertThat(again)
          .isInstanceOf(round == 0 ? Recording.Recorded.class : Recording.Duplicate.class);
      assertThat(fresh).isInstanceOf(Recording.Recorded.class);
      assertThat(intake.record(external("job", 4))).isInstanceOf(Recording.Conflict.class);
      journal.close();
    }
  }

  private ExternalUsage external(String id, long pages) {
    return new ExternalUsage("acme", Map.of("pages", pages), clock.instant(), "queue", id);
  }
}
