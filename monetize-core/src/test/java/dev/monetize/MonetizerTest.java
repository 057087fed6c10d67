// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.Subscription;
import dev.monetize.tier.TierCatalog;
import dev.monetize.tier.TierFaultsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MonetizerTest {

  @TempDir private Path data;
  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(data);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void billableCall_isCountedOnce() {
    String key = bench.customer("acme", "free");

    Granted call = bench.granted("GET", "/v1/basic/hello", key);
    assertThat(call.settle(Outcome.answered(200))).isTrue();
    assertThat(call.settle(Outcome.answered(200))).isFalse();
    call.close();

    assertThat(bench.used("calls", key)).isEqualTo(1);
  }

  @Test
  void usage_reachesTheSinks() {
    String key = bench.customer("acme", "free");
    bench.call("/v1/basic/hello", key);

    bench.restart();

    assertThat(bench.shipped)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.customer()).isEqualTo("acme");
              assertThat(event.tier()).isEqualTo("free");
              assertThat(event.endpoint()).isEqualTo("/v1/basic/*");
              assertThat(event.status()).isEqualTo(200);
              assertThat(event.units("calls")).isEqualTo(1);
              assertThat(event.time()).isEqualTo(Bench.START);
            });
  }

  @Test
  void outcomes_decideWhatIsBilled() {
    String key = bench.customer("acme", "pro");
    List<Outcome> outcomes =
        List.of(
            Outcome.answered(204),
            Outcome.clientGone(200),
            Outcome.answered(404),
            Outcome.answered(500),
            Outcome.failed(),
            Outcome.clientGone(499),
            Outcome.abandoned());

    outcomes.forEach(outcome -> bench.granted("GET", "/v1/x", key).settle(outcome));

    assertThat(bench.used("calls", key)).isEqualTo(2);
  }

  @Test
  void rateLimit_refusesTheEleventhAndAdmitsAfterExactlyTheWait() {
    String key = bench.customer("acme", "free");
    for (int i = 0; i < 10; i++) {
      assertThat(bench.call("/v1/basic/hello", key)).isTrue();
    }

    Denied denied = bench.denied("/v1/basic/hello", key);
    assertThat(denied.reason()).isEqualTo(Reason.RATE_LIMITED);
    long wait = denied.retryAfterNanos().orElseThrow();
    assertThat(wait).isEqualTo(Duration.ofSeconds(6).toNanos());

    bench.pass(Duration.ofNanos(wait - 1));
    assertThat(bench.call("/v1/basic/hello", key)).isFalse();
    bench.pass(Duration.ofNanos(1));
    assertThat(bench.call("/v1/basic/hello", key)).isTrue();
    assertThat(bench.used("calls", key)).isEqualTo(11);
  }

  @Test
  void cost_weighsRateButIsOneCall() {
    String key = bench.customer("acme", "free");

    assertThat(bench.call("/v1/search", key)).isTrue();
    assertThat(bench.call("/v1/search", key)).isTrue();
    assertThat(bench.call("/v1/search", key)).isFalse();

    assertThat(bench.used("calls", key)).isEqualTo(2);
  }

  @Test
  void quota_blocksPastWhatIsIncluded_untilTheNextMonth() {
    String key = bench.customer("acme", "free");
    for (int i = 0; i < 20; i++) {
      assertThat(bench.call("/v1/basic/hello", key)).isTrue();
      bench.pass(Duration.ofSeconds(6));
    }

    Denied denied = bench.denied("/v1/basic/hello", key);
    assertThat(denied.reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
    assertThat(bench.now.plusNanos(denied.retryAfterNanos().orElseThrow()))
        .isEqualTo(Instant.parse("2026-04-01T00:00:00Z"));

    bench.now = Instant.parse("2026-04-01T00:00:00Z");
    assertThat(bench.call("/v1/basic/hello", key)).isTrue();
    assertThat(bench.used("calls", key)).isEqualTo(1);
  }

  @Test
  void failedCalls_giveQuotaBackButNotRate() {
    String key = bench.customer("acme", "free");
    for (int i = 0; i < 10; i++) {
      bench.granted("GET", "/v1/basic/hello", key).settle(Outcome.failed());
    }

    assertThat(bench.denied("/v1/basic/hello", key).reason()).isEqualTo(Reason.RATE_LIMITED);
    assertThat(bench.used("calls", key)).isZero();
    bench.pass(Duration.ofHours(1));
    assertThat(bench.granted("GET", "/v1/basic/hello", key).standing().remaining(1)).isEqualTo(19);
  }

  @Test
  void overage_isServedAndPriced() {
    String key = bench.customer("acme", "pro");
    for (int i = 0; i < 1010; i++) {
      assertThat(bench.call("/v1/x", key)).isTrue();
      bench.pass(Duration.ofSeconds(1));
    }

    UsageReport report = bench.usage(key);
    UsageReport.QuotaUse calls = report.meters().get("calls").quota().orElseThrow();
    assertThat(calls.used()).isEqualTo(1010);
    assertThat(calls.remaining()).isZero();
    assertThat(calls.overage()).isEqualTo(10);
    assertThat(report.cost().total()).hasToString("$49.02");
  }

  @Test
  void units_areReservedByEstimateAndSettledByWhatWasUsed() {
    String key = bench.customer("acme", "pro");

    Granted call = bench.granted("POST", "/v1/generate", key);
    assertThat(call.standing().remaining(3)).isEqualTo(90);
    call.add("tokens", 30);
    call.add("tokens", 12);
    call.settle(Outcome.answered(200));

    assertThat(bench.used("tokens", key)).isEqualTo(42);
    Granted next = bench.granted("POST", "/v1/generate", key);
    assertThat(next.standing().remaining(3)).isEqualTo(48);
    next.add("tokens", 500);
    next.settle(Outcome.answered(200));

    assertThat(bench.used("tokens", key)).isEqualTo(542);
    Admission third = bench.monetizer.admit(ApiCall.of("POST", "/v1/generate", key));
    assertThat(((Denied) third).reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
    assertThat(bench.call("/v1/x", key)).isTrue();
  }

  @Test
  void unitsOfACallThatFailed_areNotCounted() {
    String key = bench.customer("acme", "pro");
    Granted call = bench.granted("POST", "/v1/generate", key);
    call.add("tokens", 50);

    call.settle(Outcome.answered(500));

    assertThat(bench.used("tokens", key)).isZero();
    assertThat(bench.granted("POST", "/v1/generate", key).standing().remaining(3)).isEqualTo(90);
  }

  @Test
  void unitsAddedTooLate_areRefused() {
    String key = bench.customer("acme", "pro");
    Granted call = bench.granted("POST", "/v1/generate", key);
    call.settle(Outcome.answered(200));

    assertThat(call.add("tokens", 5)).isFalse();
    assertThatThrownBy(() -> call.add("tokens", -1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(bench.used("tokens", key)).isZero();
  }

  @Test
  void unitsOfTooManyMeters_areRefusedAndTheCallStillCounts() {
    String key = bench.customer("acme", "pro");
    Granted call = bench.granted("POST", "/v1/generate", key);
    for (int i = 0; i < 40; i++) {
      assertThat(call.add("meter-" + i, 1)).isEqualTo(i < 16);
    }
    call.settle(Outcome.answered(200));

    assertThat(bench.used("calls", key)).isEqualTo(1);
    for (int i = 0; i < 3; i++) {
      assertThat(bench.granted("GET", "/v1/x", key)).as("no permit was lost").isNotNull();
    }
  }

  @Test
  void callThatOutlivesItsCallersState_isCountedOnce() {
    String key = bench.customer("acme", "pro");
    Granted call = bench.granted("GET", "/v1/x", key);
    call.add("tokens", 60);
    bench.pass(Duration.ofMinutes(5));
    for (int i = 0; i < 50; i++) {
      bench.call("/v1/x", bench.customer("other-" + i, "pro"));
    }

    call.settle(Outcome.answered(200));

    assertThat(bench.used("tokens", key)).isEqualTo(60);
    assertThat(bench.granted("POST", "/v1/generate", key).standing().remaining(3)).isEqualTo(30);
  }

  @Test
  void cost_followsTheQuotaThatBills() {
    bench.monetizer.reload(
        TierCatalog.parse(
            "tiers.yml",
            """
            tiers:
              free:
                rate_limit: 10/min
                endpoints: [/v1/basic/*]
              pro:
                price: 490/year
                quotas:
                  calls: [5/day, {included: 2/month, past_quota: bill}]
                overage: $1/call
                rate_limit: 100/min
                endpoints: [/v1/*]
            """));
    String key = bench.customer("acme", "pro");
    for (int day = 0; day < 3; day++) {
      for (int i = 0; i < 3; i++) {
        assertThat(bench.call("/v1/x", key)).isTrue();
      }
      bench.pass(Duration.ofDays(1));
    }

    UsageReport report = bench.usage(key);
    assertThat(report.cost().lines().get(0).amount()).hasToString("$7");
    assertThat(report.cost().total()).hasToString("$7");
  }

  @Test
  void reload_keepsUseAndTellsWhatChanges() {
    String key = bench.customer("acme", "pro");
    for (int i = 0; i < 7; i++) {
      bench.call("/v1/x", key);
    }
    String next = Bench.TIERS.replace("1000/month", "500/month").replace("100/min", "50/min");

    TierReload reload = bench.monetizer.reload(TierCatalog.parse("tiers.yml", next));

    assertThat(reload.changes())
        .containsExactlyInAnyOrder(
            "pro: rate_limit 100/min -> 50/min",
            "pro: included_calls 1000/month then bill -> 500/month then bill");
    assertThat(reload.customers()).containsExactly(Map.entry("pro", 1L));
    assertThat(bench.granted("GET", "/v1/x", key).standing().remaining(2)).isEqualTo(492);
  }

  @Test
  void reloadThatDoesNotFitASubscription_isRefusedAndTheOldTiersStay() {
    String key = bench.customer("acme", "enterprise");
    bench.monetizer.accounts().override("acme", Bench.enterprise());
    TierCatalog without =
        TierCatalog.parse("tiers.yml", "tiers: {free: {rate_limit: 10/min, endpoints: [/v1/*]}}");

    assertThatThrownBy(() -> bench.monetizer.reload(without))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage("customer acme: no tier \"enterprise\"; there are [free]");
    assertThat(bench.call("/v1/admin/stats", key)).isTrue();
  }

  @Test
  void sinkThatIsGone_isShownAndCanBeGivenUp() {
    String key = bench.customer("acme", "free");
    bench.call("/v1/basic/hello", key);
    bench.restart();
    bench.monetizer.close();
    bench.monetizer =
        Monetizer.builder().tiers(bench.tiers()).dataDirectory(data).clock(() -> bench.now).build();
    assertThat(bench.monetizer.health())
        .isEqualTo(new Health(true, 0, 0, Set.of("list"), Set.of(), List.of()));

    bench.monetizer.forgetSink("list");

    assertThat(bench.monetizer.health().missingSinks()).isEmpty();
  }

  @Test
  void elapsedTime_isCountedInMillisecondsRoundedUp() {
    String key = bench.customer("acme", "pro");
    Granted call = bench.granted("GET", "/v1/slow", key);
    bench.pass(Duration.ofNanos(1_500_001));

    call.settle(Outcome.answered(200));

    assertThat(bench.used("compute", key)).isEqualTo(2);
  }

  @Test
  void concurrency_isHeldUntilSettled() {
    String key = bench.customer("acme", "pro");
    List<Granted> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(bench.granted("GET", "/v1/x", key));
    }
    assertThat(bench.denied("/v1/x", key).reason()).isEqualTo(Reason.TOO_MANY_CONCURRENT);

    calls.get(0).settle(Outcome.failed());
    calls.get(1).close();

    assertThat(bench.call("/v1/x", key)).isTrue();
    assertThat(bench.granted("GET", "/v1/x", key)).isNotNull();
    assertThat(bench.granted("GET", "/v1/x", key)).isNotNull();
    assertThat(bench.denied("/v1/x", key).reason()).isEqualTo(Reason.TOO_MANY_CONCURRENT);
  }

  @Test
  void tier_boundsWhatMayBeCalled() {
    String free = bench.customer("acme", "free");
    String pro = bench.customer("globex", "pro");

    Denied denied = bench.denied("/v1/reports/7", free);
    assertThat(denied.reason()).isEqualTo(Reason.NOT_IN_TIER);
    assertThat(denied.tiers()).containsExactly("pro", "enterprise");
    assertThat(denied.detail())
        .isEqualTo("Tier \"free\" may not call this endpoint; \"pro\", \"enterprise\" may.");
    assertThat(bench.call("/v1/reports/7", pro)).isTrue();
    assertThat(bench.denied("/v1/admin/stats", pro).tiers()).containsExactly("enterprise");
  }

  @Test
  void publicAndUnmatchedPaths_identifyNobody() {
    assertThat(bench.get("/v1/status", "nonsense")).isInstanceOf(Admission.Passed.class);
    assertThat(bench.denied("/elsewhere", "nonsense").reason()).isEqualTo(Reason.UNMATCHED);
  }

  @Test
  void customValues_refuseUntilSet() {
    String key = bench.customer("acme", "enterprise");
    assertThat(bench.denied("/v1/x", key).reason()).isEqualTo(Reason.NOT_CONFIGURED);

    bench.monetizer.accounts().override("acme", Bench.enterprise());

    assertThat(bench.call("/v1/x", key)).isTrue();
    assertThat(bench.usage(key).meters().get("calls").quota().orElseThrow().included())
        .isEqualTo(10_000_000);
  }

  @Test
  void badOverrides_areRefusedAndChangeNothing() {
    String key = bench.customer("acme", "pro");

    assertThatThrownBy(
            () -> bench.monetizer.accounts().override("acme", Map.of("rate_limit", "fast")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rate_limit")
        .hasMessageContaining("fast");
    assertThatThrownBy(
            () -> bench.monetizer.accounts().override("acme", Map.of("rate_limit", "1/min")))
        .as("GET /v1/search costs 5")
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(bench.call("/v1/x", key)).isTrue();
  }

  @Test
  void suspendedCustomer_isRefusedAndMayReadItsUsage() {
    String key = bench.customer("acme", "pro");
    bench.call("/v1/x", key);

    bench.monetizer.accounts().setStatus("acme", Subscription.Status.SUSPENDED);

    assertThat(bench.denied("/v1/x", key).reason()).isEqualTo(Reason.SUBSCRIPTION_SUSPENDED);
    assertThat(bench.used("calls", key)).isEqualTo(1);
    bench.monetizer.accounts().setStatus("acme", Subscription.Status.ACTIVE);
    assertThat(bench.call("/v1/x", key)).isTrue();
  }

  @Test
  void restart_keepsUsageQuotaAndKeys() {
    String key = bench.customer("acme", "free");
    for (int i = 0; i < 19; i++) {
      bench.call("/v1/basic/hello", key);
      bench.pass(Duration.ofSeconds(6));
    }

    bench.restart();

    assertThat(bench.used("calls", key)).isEqualTo(19);
    assertThat(bench.call("/v1/basic/hello", key)).isTrue();
    assertThat(bench.denied("/v1/basic/hello", key).reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
  }

  @Test
  void callsThatWereNeverSettled_areNotBilledAfterARestart() {
    String key = bench.customer("acme", "free");
    Granted inFlight = bench.granted("GET", "/v1/basic/hello", key);
    assertThat(inFlight.standing().remaining(1)).isEqualTo(19);

    bench.restart();

    assertThat(bench.used("calls", key)).isZero();
    assertThat(bench.granted("GET", "/v1/basic/hello", key).standing().remaining(1)).isEqualTo(19);
  }

  @Test
  void subscription_isUpdatedInOneStep() {
    String key = bench.customer("acme", "free");
    Accounts accounts = bench.monetizer.accounts();

    Subscription next = accounts.update("acme", present -> present.orElseThrow().withTier("pro"));

    assertThat(next.tier()).isEqualTo("pro");
    assertThat(next.former()).extracting(Subscription.Former::tier).containsExactly("free");
    assertThat(accounts.subscription("acme")).contains(next);
    assertThat(bench.granted("GET", "/v1/pro/x", key).caller().tier().name()).isEqualTo("pro");
    assertThat(accounts.update("acme", present -> Subscription.to("pro", "acme"))).isEqualTo(next);
    assertThat(accounts.update("beta", present -> Subscription.to("free", "beta")).customer())
        .as("of the app's own table")
        .isEqualTo("beta");
  }

  @Test
  void subscription_ofAnotherCustomer_orToNoTier_isNoUpdate() {
    bench.customer("acme", "free");
    Accounts accounts = bench.monetizer.accounts();
    assertThatThrownBy(() -> accounts.update("acme", present -> Subscription.to("pro", "beta")))
        .hasMessage("customer \"acme\" cannot have the subscription of \"beta\"");
    assertThatThrownBy(() -> accounts.update("acme", present -> Subscription.to("gold", "acme")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(accounts.subscription("acme")).contains(Subscription.to("free", "acme"));
  }

  @Test
  void tierChange_keepsWhatWasUsed() {
    String key = bench.customer("acme", "free");
    for (int i = 0; i < 7; i++) {
      bench.call("/v1/basic/hello", key);
    }

    bench.monetizer.accounts().changeTier("acme", "pro");

    assertThat(bench.granted("GET", "/v1/x", key).standing().remaining(2)).isEqualTo(992);
    assertThat(bench.used("calls", key)).isEqualTo(7);
  }

  @Test
  void features_areThereForTheHandler() {
    Caller caller = bench.granted("GET", "/v1/x", bench.customer("acme", "pro")).caller();

    assertThat(caller.has("export")).isTrue();
    assertThat(caller.feature("seats")).isEqualTo(5L);
    assertThat(caller.has("sso")).isFalse();
  }

  @Test
  void builder_saysWhatIsMissing() {
    assertThatThrownBy(() -> Monetizer.builder().build())
        .hasMessage("tiers(...) is needed: what is sold");
    assertThatThrownBy(() -> Monetizer.builder().tiers(bench.monetizer.tiers()).build())
        .hasMessage("dataDirectory(...) is needed: where usage is kept");
    assertThatThrownBy(() -> bench.builder().sink("list", batch -> {}))
        .hasMessage("there is a sink \"list\" already");
  }

  @Test
  void secondEngineOnTheSameDirectory_isRefused() {
    assertThatThrownBy(() -> bench.builder().build()).hasMessageContaining(data.toString());
  }
}
