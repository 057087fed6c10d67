// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.price.Money;
import dev.monetize.usage.QuotaWindow;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NoticesTest {

  private static final QuotaWindow WINDOW = new QuotaWindow("calls/month", "calls", false, 0);
  private static final long END = 30 * 86_400;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestClock clock = new TestClock();
  private final NoteFile file = new NoteFile();
  private final BlockingQueue<Notice> arrived = new LinkedBlockingQueue<>();
  private Notices notices = start(Map.of("mail", arrived::add));

  private Notices start(Map<String, NoticeListener> listeners) {
    return Notices.start(NoticeRules.DEFAULT, listeners, file.read(), file, clock);
  }

  @AfterEach
  void close() {
    notices.close(PATIENCE);
  }

  private void used(long included, long used) {
    notices.used("acme", "key_1", WINDOW, END, included, used);
  }

  private int nextPercent() throws InterruptedException {
    Notice notice = arrived.poll(20, SECONDS);
    return notice instanceof Notice.QuotaReached quota ? quota.percent() : -1;
  }

  private void restart(Map<String, NoticeListener> listeners) {
    notices.close(PATIENCE);
    notices = start(listeners);
  }

  /** Waits for another thread to have got there; fails in the assertion that follows if not. */
  private static boolean soon(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return condition.getAsBoolean();
  }

  @Test
  void threshold_isToldAtItsUnit_notBefore() throws InterruptedException {
    used(1000, 799);
    used(1000, 800);
    used(1000, 801);
    used(1000, 1000);
    used(1000, 1200);

    assertThat(List.of(nextPercent(), nextPercent(), nextPercent())).containsExactly(80, 100, 120);
    close();
    assertThat(arrived).isEmpty();
  }

  @Test
  void notice_tellsWhatWasReached() throws InterruptedException {
    used(1000, 850);

    Notice.QuotaReached notice = (Notice.QuotaReached) arrived.poll(20, SECONDS);
    assertThat(notice.customer()).isEqualTo("acme");
    assertThat(notice.key()).isEmpty();
    assertThat(notice.included()).isEqualTo(1000);
    assertThat(notice.used()).isEqualTo(850);
    assertThat(notice.ends()).isEqualTo(Instant.ofEpochSecond(END));
    assertThat(notice.at()).isEqualTo(clock.instant());
    assertThat(notice.id()).isEqualTo("ntc_7d1727000f3acb39b1ba4cc5cee02c0b");
  }

  @Test
  void upgrade_repeatsNoPercent_downgradeGivesNewOnes() throws InterruptedException {
    used(100, 80);
    assertThat(nextPercent()).isEqualTo(80);
    used(1000, 800);
    used(1000, 1000);
    assertThat(nextPercent()).isEqualTo(100);
    used(500, 1001);
    assertThat(nextPercent()).isEqualTo(120);
    close();
    assertThat(arrived).isEmpty();
  }

  @Test
  void nextWindow_andOtherCustomers_haveTheirOwn() throws InterruptedException {
    used(100, 80);
    notices.used("b", "key_1", WINDOW, END, 100, 80);
    notices.used(
        "acme", "key_1", new QuotaWindow("calls/month", "calls", false, END), 2 * END, 100, 80);
    assertThat(List.of(nextPercent(), nextPercent(), nextPercent())).containsOnly(80);
    assertThat(arrived).isEmpty();
  }

  @Test
  void quotaOfNothing_isNotNoticed_andHugeOnesAre() throws InterruptedException {
    used(0, 5);
    used(Long.MAX_VALUE, Long.MAX_VALUE - 1);
    assertThat(nextPercent()).isEqualTo(80);
    close();
    assertThat(arrived).isEmpty();
  }

  @Test
  void restart_givesNothingAgain_evenFromACheckpoint() throws Exception {
    used(100, 100);
    assertThat(List.of(nextPercent(), nextPercent())).containsExactly(80, 100);
    restart(Map.of("mail", arrived::add));
    used(100, 100);
    close();
    assertThat(arrived).isEmpty();
    assertThat(file.notes()).hasSize(4);
  }

  @Test
  void deliveryCutOffByACrash_comesAgainWithTheSameIdAndContent() throws InterruptedException {
    file.dieAfter(1, false); // GIVEN lands, DELIVERED does not
    used(1000, 800);
    Notice first = arrived.poll(20, SECONDS);
    notices.close(PATIENCE);
    file.revive();
    clock.advance(Duration.ofHours(1));
    notices = start(Map.of("mail", arrived::add));

    assertThat(arrived.poll(20, SECONDS)).isEqualTo(first);
    restart(Map.of("mail", arrived::add));
    notices.close(PATIENCE);
    assertThat(arrived).isEmpty();
  }

  @Test
  void nothingIsDelivered_beforeItIsWrittenDown() {
    file.refuse(true);
    used(1000, 800);
    notices.close(Duration.ofMillis(50));
    assertThat(arrived).isEmpty();
    file.refuse(false);
    notices = start(Map.of("mail", arrived::add));
    used(1000, 800);
    notices.close(PATIENCE);
    assertThat(arrived).hasSize(1);
  }

  @Test
  void failingListener_isTriedAgainLater_andHoldsNoOther() throws InterruptedException {
    BlockingQueue<Instant> attempts = new LinkedBlockingQueue<>();
    restart(
        Map.of(
            "mail",
            arrived::add,
            "broken",
            notice -> {
              attempts.add(clock.instant());
              throw new AssertionError("broken");
            }));
    used(1000, 800);
    assertThat(nextPercent()).isEqualTo(80);
    assertThat(
            soon(
                () -> {
                  clock.advance(Duration.ofMinutes(1));
                  notices.wake();
                  return notices.status().get("broken").parked().size() == 1;
                }))
        .isTrue();
    List<Instant> times = List.copyOf(attempts);
    assertThat(times).hasSize(10);
    assertThat(Duration.between(times.get(1), times.get(2))).isGreaterThan(Duration.ofMinutes(5));
    assertThat(Duration.between(times.get(8), times.get(9))).isGreaterThan(Duration.ofHours(24));
    NoticeStatus status = notices.status().get("broken");
    assertThat(status.waiting()).isZero();
    assertThat(status.failure()).contains("broken");
    assertThat(notices.status().get("mail")).isEqualTo(new NoticeStatus(0, List.of(), null));

    notices.retry("broken");
    assertThat(soon(() -> attempts.size() == 11)).isTrue();
  }

  @Test
  void attempt_isNotRepeatedBeforeItsPause() throws InterruptedException {
    BlockingQueue<Instant> attempts = new LinkedBlockingQueue<>();
    restart(
        Map.of(
            "broken",
            notice -> {
              attempts.add(clock.instant());
              throw new IOException("broken");
            }));
    used(1000, 800);
    assertThat(attempts.poll(20, SECONDS)).isNotNull();
    assertThat(soon(() -> notices.status().get("broken").failure() != null)).isTrue();
    clock.advance(Duration.ofMillis(4_999));
    notices.wake();
    notices.close(PATIENCE); // which tries what is due
    assertThat(attempts).isEmpty();
  }

  @Test
  void listenerThatIsGone_isParkedAtOnce() {
    restart(
        Map.of(
            "gone",
            notice -> {
              throw new ListenerGoneException("moved away");
            }));
    used(1000, 800);
    assertThat(soon(() -> notices.status().get("gone").parked().size() == 1)).isTrue();
  }

  @Test
  void stuckListener_holdsNeitherOthersNorTheCall() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    restart(Map.of("stuck", notice -> never.await(), "mail", arrived::add));
    used(1000, 1000);
    assertThat(List.of(nextPercent(), nextPercent())).containsExactly(80, 100);
    notices.close(Duration.ofMillis(100));
    restart(Map.of("stuck", arrived::add));
    assertThat(List.of(nextPercent(), nextPercent())).containsExactly(80, 100);
  }

  @Test
  void missingListener_isOwedAndNewOneIsNot() throws InterruptedException {
    restart(
        Map.of(
            "old",
            notice -> {
              throw new IOException("down");
            }));
    used(1000, 800);
    assertThat(soon(() -> notices.status().get("old").failure() != null)).isTrue();
    restart(Map.of("new", arrived::add));
    assertThat(missing("new").names()).containsExactly("old");
    restart(Map.of("old", arrived::add));
    assertThat(nextPercent()).isEqualTo(80);
    notices.close(PATIENCE);
    assertThat(missing().names()).isEmpty();
    assertThat(arrived).isEmpty();
  }

  private MissingListeners missing(String... present) {
    return new MissingListeners(file.read(), Set.of(present), file);
  }

  @Test
  void missingListenerThatIsGivenUp_isOwedNothing_alsoAfterARestart() throws Exception {
    NoticeListener down =
        notice -> {
          throw new IOException("down");
        };
    restart(Map.of("old", down, "other", down));
    used(1000, 800);
    assertThat(soon(() -> notices.status().get("old").failure() != null)).isTrue();
    restart(Map.of("new", arrived::add));
    MissingListeners missing = missing("new");
    file.refuse(true);
    assertThatThrownBy(() -> missing.forget("old")).isInstanceOf(IOException.class);
    assertThat(missing.names()).containsExactly("old", "other");
    file.refuse(false);

    missing.forget("old");

    assertThat(missing.names()).containsExactly("other");
    for (String unknown : List.of("old", "new", "nobody")) {
      assertThatThrownBy(() -> missing.forget(unknown))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "only a missing listener can be forgotten, one of [other], got \"" + unknown + "\"");
    }
    restart(Map.of("old", arrived::add));
    used(1000, 1000);
    assertThat(nextPercent()).as("what is given from its return on").isEqualTo(100);
    notices.close(PATIENCE);
    assertThat(arrived).isEmpty();
    assertThat(missing("old").names()).containsExactly("other");
  }

  @Test
  void spendCap_isNoticedOncePerPeriod() throws InterruptedException {
    Money cap = Money.of("$50");
    notices.spent("acme", "calls/month", 0, END, cap, Money.of("$39.999999999"));
    notices.spent("acme", "calls/month", 0, END, cap, Money.of("$40"));
    notices.spent("acme", "calls/month", 0, END, cap, Money.of("$41"));
    Notice.SpendReached notice = (Notice.SpendReached) arrived.poll(20, SECONDS);
    assertThat(notice.percent()).isEqualTo(80);
    assertThat(notice.amount()).isEqualTo(Money.of("$40"));
    notices.spent("acme", "calls/month", 0, END, cap, Money.of("€45"));
    notices.close(PATIENCE);
    assertThat(arrived).isEmpty();
  }

  private void nextRound() {
    clock.advance(Duration.ofMinutes(15));
    notices.wake();
  }

  @Test
  void thatAllIsTold_isWrittenDown_whenAllWereLookedAt_eachRound_andAtTheEnd() {
    nextRound();
    Set<String> broken = new CopyOnWriteArraySet<>(List.of("b"));
    notices.recheck(List.of("acme", "b"), looking(new CopyOnWriteArrayList<>(), broken));
    assertThat(soon(() -> arrived.size() == 1)).isTrue();
    nextRound();
    used(1000, 1000);
    assertThat(soon(() -> arrived.size() == 2)).isTrue();
    assertThat(file.told()).as("b was not looked at").isEmpty();
    broken.clear();
    nextRound();
    assertThat(soon(() -> file.told().size() == 1)).isTrue();
    assertThat(soon(() -> arrived.size() == 3)).isTrue();
    nextRound();
    assertThat(soon(() -> file.told().size() == 2)).isTrue();
    notices.close(PATIENCE);
    assertThat(file.told()).containsExactly(false, false, true);
  }

  @Test
  void thatAllIsTold_isNotSaid_ofWhatCouldNotBeWrittenDown() {
    notices.close(PATIENCE);
    NoticeLog full = note -> note.length < 20 && file.write(note);
    notices =
        Notices.start(
            NoticeRules.DEFAULT, Map.of("mail", arrived::add), new GivenNotices(), full, clock);
    notices.recheck(Set.of(), customer -> {});
    assertThat(soon(() -> file.told().size() == 1)).isTrue();
    used(1000, 800);
    notices.close(PATIENCE);
    assertThat(file.told()).containsExactly(false);
    assertThat(arrived).isEmpty();
  }

  private Consumer<String> looking(List<String> looked, Set<String> broken) {
    return customer -> {
      looked.add(customer);
      if (broken.contains(customer)) {
        throw new IllegalStateException("no table");
      }
      notices.used(customer, "key_1", WINDOW, END, 1000, 800);
    };
  }

  @Test
  void recheck_tellsWhatWasNotTold_andRepeatsNothing() throws InterruptedException {
    used(1000, 800);
    assertThat(nextPercent()).isEqualTo(80);
    restart(Map.of("mail", arrived::add));
    List<String> looked = new CopyOnWriteArrayList<>();
    notices.recheck(List.of("acme", "b"), looking(looked, Set.of()));
    assertThat(Objects.requireNonNull(arrived.poll(20, SECONDS)).customer()).isEqualTo("b");
    notices.recheck(List.of("acme", "b"), looking(looked, Set.of()));
    assertThat(soon(() -> looked.size() == 4)).isTrue();
    notices.close(PATIENCE);
    assertThat(arrived).isEmpty();
    assertThat(looked).containsExactly("acme", "b", "acme", "b");
  }

  @Test
  void customerThatCannotBeLookedAt_holdsNoOther_andAllComeAgainWithTheNextRound()
      throws InterruptedException {
    List<String> looked = new CopyOnWriteArrayList<>();
    Set<String> broken = new CopyOnWriteArraySet<>(List.of("a"));
    notices.recheck(List.of("a", "b"), looking(looked, broken));
    assertThat(Objects.requireNonNull(arrived.poll(20, SECONDS)).customer()).isEqualTo("b");
    broken.clear();
    clock.advance(Duration.ofMinutes(15));
    notices.wake();
    assertThat(Objects.requireNonNull(arrived.poll(20, SECONDS)).customer()).isEqualTo("a");
    assertThat(soon(() -> looked.size() == 4)).isTrue();
    clock.advance(Duration.ofMinutes(15));
    notices.close(PATIENCE);
    assertThat(looked).containsExactly("a", "b", "a", "b");
  }

  @Test
  void customersThatCannotBeReadAtAll_areAskedForTenTimesARound() {
    List<String> many = IntStream.range(0, 50).mapToObj(i -> "c" + i).toList();
    List<String> looked = new CopyOnWriteArrayList<>();
    notices.recheck(many, looking(looked, Set.copyOf(many)));
    assertThat(soon(() -> looked.size() == 10)).isTrue();
    used(1000, 800);
    assertThat(soon(() -> arrived.size() == 1)).isTrue();
    assertThat(looked).hasSize(10);
    clock.advance(Duration.ofMinutes(15));
    notices.wake();
    assertThat(soon(() -> looked.size() == 20)).isTrue();
  }

  @Test
  void recheck_doesNotHoldUpTheEnd_orWhatCallsReach() throws InterruptedException {
    CountDownLatch second = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    Iterable<String> endless = () -> Stream.generate(() -> "x").iterator();
    notices.recheck(
        endless,
        customer -> {
          if (asked.incrementAndGet() == 2) {
            second.countDown();
          }
        });
    assertThat(second.await(20, SECONDS)).isTrue();
    used(1000, 800);
    assertThat(nextPercent()).isEqualTo(80);
    long before = System.nanoTime();
    notices.close(PATIENCE);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(PATIENCE.dividedBy(2));
  }

  @Test
  void key_isToldAtEachDayOnce_andWhenItHasExpired() throws InterruptedException {
    Instant end = clock.instant().plus(Duration.ofDays(20));
    notices.watchKeys(() -> Stream.of(new ExpiringKey("acme", "key_1", end)));
    List<Integer> told = new java.util.ArrayList<>();
    for (int hour = 0; hour < 24 * 30; hour += 6) {
      clock.advance(Duration.ofHours(6));
      restart(Map.of("mail", arrived::add));
      notices.watchKeys(() -> Stream.of(new ExpiringKey("acme", "key_1", end)));
      int expected = told.size();
      soonIdle();
      Notice notice = arrived.poll();
      if (notice instanceof Notice.KeyExpires key) {
        told.add(key.days());
        assertThat(key.type()).isEqualTo(key.days() == 0 ? "key.expired" : "key.expiring");
        assertThat(Duration.between(key.at(), end).toHours())
            .isBetween(key.days() * 24L - 6, key.days() * 24L);
      }
      assertThat(told.size()).isBetween(expected, expected + 1);
    }
    assertThat(told).containsExactly(14, 3, 1, 0);
  }

  /** Ends the engine, so that all it had to do is done. */
  private void soonIdle() {
    notices.close(PATIENCE);
  }

  @Test
  void keysSeveralStagesLate_tellTheLastOnly_andOldOnesNothing() {
    Instant now = clock.instant();
    notices.watchKeys(
        () ->
            Stream.of(
                new ExpiringKey("acme", "soon", now.plusSeconds(60)),
                new ExpiringKey("acme", "past", now.minusSeconds(60)),
                new ExpiringKey("acme", "old", now.minus(Duration.ofDays(8)))));
    notices.close(PATIENCE);
    assertThat(arrived)
        .extracting(notice -> ((Notice.KeyExpires) notice).key(), Notice::type)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("soon", "key.expiring"),
            org.assertj.core.groups.Tuple.tuple("past", "key.expired"));
  }

  @Test
  void whatIsKnown_allocatesNothing() {
    used(1000, 1200);
    QuotaWindow perKey = new QuotaWindow("calls/month", "calls", true, 0);
    notices.used("acme", "key_1", perKey, END, 1000, 1200);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      for (int i = 0; i < 10_000; i++) {
        used(1000, 10);
        used(1000, 1200 + i);
        notices.used("acme", "key_1", perKey, END, 1000, 1200);
      }
      best =
          Math.min(best, threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
    }
    assertThat(best).isLessThan(30_000);
  }

  @Test
  void badRulesAndNames_areRefused() {
    assertThatThrownBy(() -> new NoticeRules(List.of(80, 80), List.of()))
        .hasMessage("percents must be at most 16 numbers from 1 to 1000, ascending, got [80, 80]");
    assertThatThrownBy(() -> new NoticeRules(List.of(0), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NoticeRules(List.of(1001), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NoticeRules(List.of(80), List.of(1, 3)))
        .hasMessage("days must be at most 16 numbers from 1 to 365, descending, got [1, 3]");
    assertThatThrownBy(() -> start(Map.of("No", arrived::add)))
        .hasMessage("a listener's name must match [a-z0-9_-]{1,40}, got \"No\"");
    assertThatThrownBy(() -> start(Map.of())).hasMessageContaining("1 to 16 listeners, got 0");
  }
}
