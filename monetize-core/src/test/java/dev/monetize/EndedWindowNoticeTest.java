// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.notice.Notice;
import dev.monetize.tier.TierCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thresholds reached just before a window ended, by a process that died before it told them. A run
 * without listeners leaves behind what that one does: events, and no notes.
 */
class EndedWindowNoticeTest {

  private static final String TIERS =
      """
      tiers:
        free:
          price: 0
          included_calls: 10/month
          endpoints: [/v1/*]
        keyed:
          price: 0
          quotas: {calls: {included: 10/month, per: key}}
          endpoints: [/v1/*]
        capped:
          price: 0
          included_calls: {included: 10/month, past_quota: {bill: {cap: 20}}}
          overage: $0.01/call
          endpoints: [/v1/*]
        large:
          price: 0
          included_calls: 100/month
          endpoints: [/v1/*]
        daily:
          price: 0
          included_calls: {included: 10/day, past_quota: {throttle: 1000/s}}
          endpoints: [/v1/*]
      """;
  private static final Instant MARCH = Instant.parse("2026-03-31T23:59:59Z");
  private static final Instant APRIL = Instant.parse("2026-04-01T00:00:01Z");

  @TempDir private Path data;
  private final BlockingQueue<Notice> told = new LinkedBlockingQueue<>();
  private volatile Instant now = MARCH;
  private boolean listening = true;
  private Bench bench;

  /** A first run, after which it is known that somebody listens. */
  @BeforeEach
  void open() {
    bench = bench(data, TIERS);
  }

  private Bench bench(Path directory, String tiers) {
    return new Bench(
        directory,
        tiers,
        builder -> (listening ? builder.notices("told", told::add) : builder).clock(() -> now));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void restart(boolean listens) {
    listening = listens;
    bench.restart();
  }

  private void restartWith(String tiers) {
    bench.close();
    bench = bench(data, tiers);
  }

  private void calls(int calls, String key) {
    for (int i = 0; i < calls; i++) {
      assertThat(bench.call("/v1/x", key)).isTrue();
    }
  }

  /** The next notices, in the order of what they say. */
  private List<String> next(int count) throws InterruptedException {
    List<String> next = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Notice notice = told.poll(20, TimeUnit.SECONDS);
      assertThat(notice).as("a notice after %s", next).isNotNull();
      next.add(shown(notice));
    }
    return next.stream().sorted().toList();
  }

  private static String shown(Notice notice) {
    if (notice instanceof Notice.QuotaReached quota) {
      String of = quota.key().isPresent() ? "key of " + quota.customer() : quota.customer();
      return day(quota.start()) + " " + of + " " + quota.percent() + "% " + quota.used();
    }
    Notice.SpendReached spend = (Notice.SpendReached) notice;
    return day(spend.start()) + " " + spend.customer() + " " + spend.percent() + "% of the cap";
  }

  private static LocalDate day(Instant start) {
    return LocalDate.ofInstant(start, ZoneOffset.UTC);
  }

  private void nothingElse() {
    bench.monetizer.close();
    assertThat(told).isEmpty();
  }

  @Test
  void thresholdOfAWindowThatHasEnded_isToldAtStart_once() throws Exception {
    restart(false);
    calls(10, bench.customer("acme", "free"));
    calls(9, bench.customer("beta", "keyed"));
    calls(9, bench.key("beta"));
    calls(18, bench.customer("capped", "capped"));
    calls(7, bench.customer("few", "free"));
    now = APRIL;
    restart(true);

    assertThat(next(8))
        .containsExactly(
            "2026-03-01 acme 100% 10",
            "2026-03-01 acme 80% 10",
            "2026-03-01 capped 100% 18",
            "2026-03-01 capped 120% 18",
            "2026-03-01 capped 80% 18",
            "2026-03-01 capped 80% of the cap",
            "2026-03-01 key of beta 80% 9",
            "2026-03-01 key of beta 80% 9");
    String key = bench.key("acme");
    for (int restart = 0; restart < 3; restart++) {
      restart(restart == 1); // also as if it had died again
    }
    calls(8, key);
    restart(true);
    assertThat(next(1)).containsExactly("2026-04-01 acme 80% 8");
    nothingElse();
  }

  @Test
  void useSinceTheWindowEnded_isNotCountedInIt() throws Exception {
    restart(false);
    String acme = bench.customer("acme", "free");
    String beta = bench.customer("beta", "keyed");
    calls(8, acme);
    calls(10, beta);
    now = APRIL;
    calls(9, acme);
    bench.monetizer.accounts().changeTier("beta", "free"); // whose quota is of the customer
    calls(1, beta);
    restart(true);

    assertThat(next(2)).containsExactly("2026-03-01 acme 80% 8", "2026-04-01 acme 80% 9");
    restart(false);
    calls(7, beta);
    restart(true);
    assertThat(next(1)).containsExactly("2026-04-01 beta 80% 8");
    nothingElse();
  }

  @Test
  void daysOff_areNoObstacle() throws Exception {
    restart(false);
    calls(8, bench.customer("acme", "daily"));
    now = now.plus(Duration.ofHours(60));
    restart(true);

    assertThat(next(1)).containsExactly("2026-03-31 acme 80% 8");
    nothingElse();
  }

  /** As of processes that ended one after the other before they could look. */
  @Test
  void windowsSinceAnythingWasTold_areAllLookedAt_backToAMonth() throws Exception {
    restart(false);
    String key = bench.customer("acme", "daily");
    calls(8, key);
    now = now.plus(Duration.ofDays(28));
    calls(12, key);
    for (int day = 0; day < 4; day++) {
      now = now.plus(Duration.ofDays(1));
      calls(8 - day, key);
    }
    restart(true);

    assertThat(next(4))
        .containsExactly(
            "2026-04-28 acme 100% 12",
            "2026-04-28 acme 120% 12", "2026-04-28 acme 80% 12", "2026-04-29 acme 80% 8");
    nothingElse();
  }

  @Test
  void windowThatWasToldInOrder_isNotJudgedByOtherTiers() throws Exception {
    String key = bench.customer("acme", "large");
    calls(50, key);
    now = APRIL;
    listening = false;
    restartWith(TIERS.replace("100/month", "20/month"));
    calls(16, key);
    restart(true);
    restartWith(TIERS.replace("100/month", "20/month"));

    assertThat(next(1)).containsExactly("2026-04-01 acme 80% 16");
    nothingElse();
  }

  @Test
  void windowThatHasEnded_isNotJudgedAgain_afterAChangeOfTiers() throws Exception {
    restart(false);
    String key = bench.customer("acme", "free");
    calls(8, key);
    now = APRIL;
    restart(true);
    assertThat(next(1)).containsExactly("2026-03-01 acme 80% 8");
    calls(4, key);

    bench.monetizer.reload(TierCatalog.parse("t", TIERS.replace("10/month", "5/month")));
    assertThat(next(1)).containsExactly("2026-04-01 acme 80% 4");
    bench.monetizer.accounts().changeTier("acme", "large");
    bench.monetizer.accounts().changeTier("acme", "free");
    nothingElse();
  }

  @Test
  void firstListener_isNotToldOfWindowsBeforeIt(@TempDir Path other) throws Exception {
    bench.close();
    listening = false;
    bench = bench(other, TIERS);
    String key = bench.customer("acme", "free");
    calls(8, key);
    now = APRIL;
    calls(9, key);
    restart(true);

    assertThat(next(1)).containsExactly("2026-04-01 acme 80% 9");
    nothingElse();
  }

  /** Days with use, an end in order or a death after each; all that was reached is told once. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyThreshold_isToldOnce_overRestarts(long seed) throws Exception {
    Random random = new Random(seed);
    String key = bench.customer("acme", "daily");
    Set<String> expected = new TreeSet<>();
    int used = 0;
    for (int life = 0; life < 12; life++) {
      int calls = random.nextInt(9);
      calls(calls, key);
      used += calls;
      for (int percent : new int[] {80, 100, 120}) {
        if (used * 10 >= percent) {
          expected.add(day(now) + " " + percent);
        }
      }
      if (random.nextBoolean()) {
        now = now.plus(Duration.ofDays(1));
        used = 0;
      }
      restart(!listening || random.nextBoolean());
    }
    restart(true);
    List<String> arrived = new ArrayList<>();
    while (arrived.size() < expected.size()) {
      Notice.QuotaReached notice = (Notice.QuotaReached) told.poll(20, TimeUnit.SECONDS);
      assertThat(notice).as("one more than %s of %s", arrived, expected).isNotNull();
      arrived.add(day(notice.start()) + " " + notice.percent());
    }
    nothingElse();
    assertThat(arrived).containsExactlyInAnyOrderElementsOf(expected);
  }
}
