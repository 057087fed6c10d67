// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.identity.Subscription;
import dev.monetize.notice.Notice;
import dev.monetize.tier.TierCatalog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thresholds of customers who do not call again. A run without listeners leaves behind what a crash
 * does between a call and its notice: events, and no notes.
 */
class NoticeRecheckTest {

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
          included_calls: 100/month
          endpoints: [/v1/*]
        capped:
          price: 0
          included_calls: {included: 10/month, past_quota: {bill: {cap: 20}}}
          quotas: {tokens: {included: 10/month, past_quota: {bill: {cap: 20}}}}
          overage: {calls: $0.01/call, tokens: $1/token}
          endpoints: [/v1/*]
        keyed:
          price: 0
          quotas: {calls: {included: 10/month, per: key}}
          endpoints: [/v1/*]
        zoned:
          price: 0
          quotas: {calls: {included: 10/day, time_zone: Europe/Berlin}}
          endpoints: [/v1/*]
      """;

  @TempDir private Path data;
  private final BlockingQueue<Notice> told = new LinkedBlockingQueue<>();
  private boolean listening;
  private Bench bench;

  private void open() {
    bench =
        new Bench(
            data,
            TIERS,
            builder ->
                (listening ? builder.notices("told", told::add) : builder).defaultTier("free"));
  }

  private void restartListening() {
    listening = true;
    bench.restart();
  }

  @AfterEach
  void close() {
    bench.close();
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
      String who = quota.customer() + quota.key().map(key -> " by key").orElse("");
      return who + " " + quota.quota() + " " + quota.percent();
    }
    Notice.SpendReached spend = (Notice.SpendReached) notice;
    return spend.customer() + " " + spend.quota() + " " + spend.percent() + " of " + spend.cap();
  }

  private void nothingElse() {
    bench.monetizer.close();
    assertThat(told).isEmpty();
  }

  @Test
  void whatWasReachedBeforeACrash_isToldAtStart_withoutACall() throws Exception {
    open();
    calls(10, bench.customer("acme", "free"));
    calls(9, bench.customer("beta", "keyed"));
    calls(8, bench.key("beta"));
    calls(7, bench.key("beta"));
    calls(7, bench.customer("few", "free"));
    calls(79, bench.customer("some", "pro"));
    restartListening();

    assertThat(next(4))
        .containsExactly(
            "acme calls/month 100",
            "acme calls/month 80",
            "beta by key calls/month:key 80",
            "beta by key calls/month:key 80");
    restartListening();
    nothingElse();
  }

  @Test
  void customerWithoutASubscription_isLookedAtInTheDefaultTier() throws Exception {
    open();
    for (int i = 0; i < 8; i++) {
      ApiCall call = new ApiCall("GET", "/v1/x", Credential.customer("guest"), "");
      ((Granted) bench.monetizer.admit(call)).settle(Outcome.answered(200));
    }
    restartListening();

    assertThat(next(1)).containsExactly("guest calls/month 80");
  }

  @Test
  void spendCapsOfTwoMeters_areToldApart_atStart() throws Exception {
    open();
    String key = bench.customer("acme", "capped");
    calls(17, key);
    Granted call = bench.granted("POST", "/v1/generate", key);
    call.add("tokens", 18);
    call.settle(Outcome.answered(200));
    restartListening();

    assertThat(next(8))
        .containsExactly(
            "acme calls/month 100",
            "acme calls/month 120",
            "acme calls/month 80",
            "acme calls/month 80 of " + spendOf("0.10"),
            "acme tokens/month 100",
            "acme tokens/month 120",
            "acme tokens/month 80",
            "acme tokens/month 80 of " + spendOf("10"));
    nothingElse();
  }

  private static String spendOf(String dollars) {
    return dev.monetize.price.Money.of("$" + dollars).toString();
  }

  @Test
  void pastWindow_isNotToldAtStart() throws Exception {
    open();
    calls(10, bench.customer("acme", "free"));
    bench.now = Instant.parse("2026-04-01T00:00:00Z");
    String other = bench.customer("other", "free");
    calls(8, other);
    restartListening();

    assertThat(next(1)).containsExactly("other calls/month 80");
    nothingElse();
  }

  @Test
  void reloadThatLowersAnAllowance_isToldWithoutACall() throws Exception {
    listening = true;
    open();
    calls(5, bench.customer("acme", "free"));
    bench.monetizer.reload(catalog("included_calls: 10/month", "included_calls: 20/month"));
    bench.monetizer.reload(catalog("included_calls: 10/month", "included_calls: 6/month"));

    assertThat(next(1)).containsExactly("acme calls/month 80");
    nothingElse();
  }

  private TierCatalog catalog(String before, String after) {
    return TierCatalog.parse("tiers.yml", TIERS.replace(before, after));
  }

  @Test
  void downgrade_isToldWithoutACall() throws Exception {
    listening = true;
    open();
    calls(9, bench.customer("acme", "pro"));
    calls(9, bench.customer("beta", "pro"));
    bench.monetizer.accounts().changeTier("acme", "free");
    assertThat(next(1)).containsExactly("acme calls/month 80");

    bench.monetizer.accounts().override("beta", Map.of("included_calls", "9/month"));
    assertThat(next(2)).containsExactly("beta calls/month 100", "beta calls/month 80");

    bench.monetizer.accounts().subscribe(Subscription.to("pro", "acme"));
    bench.monetizer.accounts().subscribe(Subscription.to("free", "acme"));
    nothingElse();
  }

  /** Berlin's clocks go forward in the night to March 29, 2026, and back in that to October 25. */
  @Test
  void dayOfAZone_isToldOnce_alsoWhereItHas23Or25Hours() throws Exception {
    listening = true;
    open();
    String key = bench.customer("acme", "zoned");
    for (String day : List.of("2026-03-28", "2026-03-29", "2026-10-25")) {
      String start = day.startsWith("2026-03") ? "T23:00:00Z" : "T22:00:00Z";
      Instant begins = Instant.parse(java.time.LocalDate.parse(day).minusDays(1) + start);
      long hours = day.endsWith("29") ? 23 : day.endsWith("25") ? 25 : 24;
      Instant ends = begins.plusSeconds(hours * 3600);
      bench.now = begins;
      calls(8, key);
      Notice.QuotaReached notice = (Notice.QuotaReached) told.poll(20, TimeUnit.SECONDS);
      assertThat(notice).isNotNull();
      assertThat(notice.start()).isEqualTo(begins);
      assertThat(notice.ends()).isEqualTo(ends);
      bench.now = ends.minusNanos(1);
      bench.restart();
      calls(1, key);
    }
    nothingElse();
  }
}
