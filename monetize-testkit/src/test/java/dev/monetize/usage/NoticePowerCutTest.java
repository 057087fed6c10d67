// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.notice.GivenNotices;
import dev.monetize.notice.Notice;
import dev.monetize.notice.NoticeListener;
import dev.monetize.notice.NoticeRules;
import dev.monetize.notice.Notices;
import dev.monetize.testkit.MemoryStorage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The power is cut while a listener is being told, and nothing but the notice waits for a sync. */
class NoticePowerCutTest {

  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final InstantSource CLOCK = () -> NOW;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final QuotaWindow WINDOW =
      new QuotaWindow("calls/day", "calls", false, NOW.getEpochSecond());

  private final MemoryStorage storage = new MemoryStorage();
  private final BlockingQueue<Notice> told = new LinkedBlockingQueue<>();

  static List<Long> seeds() {
    return new Random(20260310).longs(60).boxed().toList();
  }

  /** A process: what it knows of use and notices, and the journal behind both. */
  private record Run(Ledger ledger, FileUsageJournal journal, Notices notices) {
    static Run on(MemoryStorage storage, NoticeListener listener) throws IOException {
      Ledger ledger = new Ledger(CLOCK);
      GivenNotices given = new GivenNotices();
      FileUsageJournal journal =
          FileUsageJournal.open(
              storage,
              () -> {},
              JournalSettings.on(CLOCK).syncEvery(Duration.ofSeconds(10)),
              16 << 10,
              List.of(ledger, given));
      return new Run(
          ledger,
          journal,
          Notices.start(
              NoticeRules.DEFAULT, Map.of("mail", listener), given, journal::noteDurably, CLOCK));
    }

    long used() {
      return ledger.used("acme", "", WINDOW);
    }

    void call() {
      long now = NOW.getEpochSecond() * 1_000_000_000L;
      UsageEvent event =
          new UsageEvent(
              now,
              now,
              "acme",
              "key_1",
              "free",
              "GET /v1/x",
              200,
              false,
              List.of(new Measure("calls", 1)),
              List.of(WINDOW));
      ledger.fold(journal.append(event), event);
      notices.used("acme", "key_1", WINDOW, WINDOW.start() + 86_400, 20, used());
    }

    void close() {
      notices.close(PATIENCE);
      journal.close();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noticeThatWasTold_isOfUseThatIsThere_andComesAgain(long seed) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    Run first =
        Run.on(
            storage,
            notice -> {
              told.add(notice);
              over.await();
            });
    for (int i = 0; i < 18; i++) {
      first.call();
    }
    Notice notice = Objects.requireNonNull(told.poll(20, TimeUnit.SECONDS), "a notice");
    storage.powerCut(new Random(seed));

    Run second = Run.on(storage, told::add);

    assertThat(second.used()).as("seed %d", seed).isGreaterThanOrEqualTo(16);
    assertThat(told.poll(20, TimeUnit.SECONDS)).as("seed %d", seed).isEqualTo(notice);
    second.notices().used("acme", "", WINDOW, WINDOW.start() + 86_400, 20, second.used());
    second.close();
    assertThat(told).isEmpty();
    over.countDown();
    first.close(); // a process that is dead; what it still writes is nobody's
  }
}
