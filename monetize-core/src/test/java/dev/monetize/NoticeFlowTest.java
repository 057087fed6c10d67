// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.ApiKey;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.notice.ListenerGoneException;
import dev.monetize.notice.Notice;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.Recording;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notices of what calls and recorded usage have used; recorded usage in quotas. */
class NoticeFlowTest {

  private static final String TIERS =
      """
      endpoints:
        POST /v1/generate: {meters: {tokens: {units: handler, estimate: 1}}}
      tiers:
        free:
          price: 0
          included_calls: 10/month
          endpoints: [/v1/*]
        pro:
          price: 0
          included_calls: {included: 20/month, past_quota: {bill: {cap: 40}}}
          overage: $0.01/call
          quotas: {tokens: {included: 100/day, past_quota: block}}
          endpoints: [/v1/*]
      """;

  @TempDir private Path data;
  private final BlockingQueue<Notice> told = new LinkedBlockingQueue<>();
  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(data, TIERS, builder -> builder.notices("told", told::add));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void reopen(UnaryOperator<MonetizerBuilder> settings) {
    bench.close();
    bench = new Bench(data, TIERS, settings);
  }

  @Test
  void listenerThatIsGone_isShownAndCanBeGivenUp_alsoWhereNobodyListens() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    reopen(
        builder ->
            builder.notices(
                "gone",
                notice -> {
                  asked.countDown();
                  throw new ListenerGoneException("moved away");
                }));
    calls(8, bench.customer("acme", "free"));
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    reopen(builder -> builder);
    Monetizer monetizer = bench.monetizer;
    assertThat(monetizer.health().missingListeners()).containsExactly("gone");
    assertThatThrownBy(() -> monetizer.forgetListener("told"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("only a missing listener can be forgotten, one of [gone], got \"told\"");

    monetizer.forgetListener("gone");

    assertThat(monetizer.health().missingListeners()).isEmpty();
    reopen(builder -> builder.notices("gone", told::add));
    assertThat(bench.monetizer.health().missingListeners()).isEmpty();
    bench.close();
    assertThat(told).isEmpty();
  }

  @Test
  void twoListenersOfOneName_areRefused() {
    assertThatThrownBy(() -> bench.builder().notices("a", notice -> {}).notices("a", notice -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is a listener \"a\" already");
  }

  private Notice next() throws InterruptedException {
    Notice notice = told.poll(20, TimeUnit.SECONDS);
    assertThat(notice).as("a notice").isNotNull();
    return notice;
  }

  private void quota(String quota, int percent, long used) throws InterruptedException {
    assertThat(next())
        .isInstanceOfSatisfying(
            Notice.QuotaReached.class,
            notice -> {
              assertThat(notice.customer()).isEqualTo("acme");
              assertThat(notice.quota()).isEqualTo(quota);
              assertThat(notice.percent()).isEqualTo(percent);
              assertThat(notice.used()).isEqualTo(used);
            });
  }

  private void spent(int percent, String amount) throws InterruptedException {
    assertThat(next())
        .isInstanceOfSatisfying(
            Notice.SpendReached.class,
            notice -> {
              assertThat(notice.percent()).isEqualTo(percent);
              assertThat(notice.amount().toString()).contains(amount);
            });
  }

  private void calls(int calls, String key) {
    for (int i = 0; i < calls; i++) {
      assertThat(bench.call("/v1/x", key)).isTrue();
    }
  }

  @Test
  void thresholds_areToldOnceAPeriod_overRestartsAndAnUpgrade() throws Exception {
    String key = bench.customer("acme", "free");
    calls(8, key);
    quota("calls/month", 80, 8);
    bench.restart();
    calls(2, key);
    quota("calls/month", 100, 10);

    bench.monetizer.accounts().changeTier("acme", "pro");
    calls(10, key);
    bench.restart();
    calls(4, key);

    quota("calls/month", 120, 24);
    bench.now = Instant.parse("2026-04-01T00:00:00Z");
    calls(16, key);
    quota("calls/month", 80, 16);
    bench.monetizer.close();
    assertThat(told).isEmpty();
  }

  @Test
  void cappedOverage_isToldInMoney() throws Exception {
    String key = bench.customer("acme", "pro");
    calls(36, key);

    quota("calls/month", 80, 16);
    quota("calls/month", 100, 20);
    quota("calls/month", 120, 24);
    spent(80, "0.16");
    calls(4, key);
    spent(100, "0.2");
    bench.monetizer.close();
    assertThat(told).isEmpty();
  }

  @Test
  void keyThatExpires_isTold() throws Exception {
    String key = bench.customer("acme", "free");
    String id = bench.monetizer.accounts().keys("acme").get(0).id();
    bench.monetizer.accounts().rotateKey(id, Duration.ofDays(2));
    bench.restart();

    assertThat(next())
        .isInstanceOfSatisfying(
            Notice.KeyExpires.class,
            notice -> {
              assertThat(notice.key()).isEqualTo(id);
              assertThat(notice.days()).isEqualTo(3);
            });
    assertThat(bench.call("/v1/x", key)).isTrue();
  }

  private String key(Duration life) {
    Instant end = bench.now.plus(life);
    return bench.monetizer.accounts().issueKey("acme", "", MonetizeKeys.Mode.LIVE, end).key().id();
  }

  /** Restarts, which looks at all keys, and tells which were told of, and in how many days. */
  private Map<String, Integer> keysTold() {
    bench.restart();
    bench.monetizer.close(); // when all is given
    Map<String, Integer> days = new TreeMap<>();
    for (Notice notice = told.poll(); notice != null; notice = told.poll()) {
      Notice.KeyExpires key = (Notice.KeyExpires) notice;
      assertThat(days.put(key.key(), key.days())).isNull();
    }
    bench.restart();
    return days;
  }

  @Test
  void keyThatIsRevoked_orRotatedAtOnce_isNeverToldAsExpired() {
    bench.customer("acme", "free");
    Duration life = Duration.ofDays(20);
    String plain = key(life);
    String revoked = key(life);
    String rotated = key(life);
    String late = key(life);
    Accounts accounts = bench.monetizer.accounts();
    accounts.revokeKey(revoked);
    accounts.revokeKey(revoked);
    String next = accounts.rotateKey(rotated, Duration.ZERO).key().id();
    assertThat(keysTold()).isEmpty();
    bench.pass(Duration.ofDays(18));
    assertThat(keysTold()).isEqualTo(Map.of(plain, 3, next, 3, late, 3));
    bench.monetizer.accounts().revokeKey(late);
    bench.pass(Duration.ofDays(2));
    assertThat(keysTold()).isEqualTo(Map.of(plain, 0, next, 0));
    bench.monetizer.accounts().revokeKey(plain);
    assertThat(bench.monetizer.accounts().keys("acme"))
        .filteredOn(ApiKey::revoked)
        .extracting(ApiKey::id)
        .containsExactlyInAnyOrder(revoked, rotated, late);
    assertThat(keysTold()).isEmpty();
  }

  @Test
  void keyRotatedWithAnOverlap_isToldOfItsEnd_unlessItIsRevokedBefore() {
    bench.customer("acme", "free");
    String kept = key(Duration.ofDays(300));
    String revoked = key(Duration.ofDays(300));
    String sooner = key(Duration.ofDays(2));
    for (String key : List.of(kept, revoked, sooner)) {
      bench.monetizer.accounts().rotateKey(key, Duration.ofDays(10));
    }
    Map<String, Integer> first = keysTold();
    assertThat(first).containsEntry(kept, 14).containsEntry(revoked, 14).containsEntry(sooner, 3);
    bench.monetizer.accounts().revokeKey(revoked);
    bench.pass(Duration.ofDays(10));
    assertThat(keysTold()).containsEntry(kept, 0).doesNotContainKey(revoked);
  }

  private Recording record(String customer, String id, long tokens, Instant time) {
    return bench.monetizer.record(
        new ExternalUsage(customer, Map.of("tokens", tokens), time, "nightly", id));
  }

  @Test
  void recordedUsage_countsOnce_inItsWindow_andHoldsCalls() throws Exception {
    String key = bench.customer("acme", "pro");
    assertThat(generated(key)).isTrue();

    assertThat(record("acme", "job-1", 90, bench.now)).isInstanceOf(Recording.Recorded.class);
    assertThat(record("acme", "job-1", 90, bench.now)).isInstanceOf(Recording.Duplicate.class);
    assertThat(record("acme", "job-1", 91, bench.now)).isInstanceOf(Recording.Conflict.class);
    assertThat(record("acme", "job-0", 500, bench.now.minus(Duration.ofDays(1))))
        .isInstanceOf(Recording.Recorded.class);
    assertThat(record("nobody", "job-1", 1, bench.now)).isInstanceOf(Recording.Refused.class);
    assertThat(record("no body", "job-1", 1, bench.now)).isInstanceOf(Recording.Refused.class);

    quota("tokens/day", 80, 91);
    for (int percent : new int[] {80, 100, 120}) {
      quota("tokens/day", percent, 500);
    }
    assertThat(bench.used("tokens", key)).isEqualTo(91);
    for (int i = 0; i < 9; i++) {
      assertThat(generated(key)).isTrue();
    }
    assertThat(generated(key)).as("90 and 10 are the day's 100").isFalse();
    bench.restart();
    assertThat(generated(key)).isFalse();
    assertThat(record("acme", "job-1", 90, bench.now)).isInstanceOf(Recording.Duplicate.class);
    assertThat(bench.monetizer.conflicts()).isEmpty();
  }

  private boolean generated(String key) {
    if (bench.monetizer.admit(ApiCall.of("POST", "/v1/generate", key)) instanceof Granted call) {
      call.add("tokens", 1);
      call.settle(Outcome.answered(200));
      return true;
    }
    return false;
  }
}
