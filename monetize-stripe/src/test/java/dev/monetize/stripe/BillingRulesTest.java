// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.stripe.BillingRules.Standing;
import dev.monetize.tier.TierCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BillingRulesTest {

  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final Duration WEEK = Duration.ofDays(7);

  private final TierCatalog catalog = TierCatalog.parse("tiers.yml", TestTiers.TEXT);
  private final BillingRules rules = new BillingRules(WEEK, null, Map.of());

  private static SubscriptionSeen seen(
      String id, String status, String tier, Optional<Instant> unpaidSince) {
    return new SubscriptionSeen(
        id,
        status,
        tier,
        NOW.minus(WEEK),
        NOW.minus(WEEK),
        NOW.minus(Duration.ofDays(2)),
        NOW.plus(Duration.ofDays(28)),
        Optional.empty(),
        unpaidSince);
  }

  private static SubscriptionSeen seen(String id, String status, String tier) {
    return seen(id, status, tier, Optional.empty());
  }

  private String tier(SubscriptionSeen... all) {
    return rules.standing(List.of(all), catalog, NOW).map(Standing::tier).orElse("as it is");
  }

  @ParameterizedTest
  @CsvSource({
    "active, pro",
    "trialing, pro",
    "past_due, pro",
    "unpaid, pro",
    "paused, free",
    "canceled, free",
    "incomplete, as it is",
    "incomplete_expired, as it is",
    "something_new, free"
  })
  void tier_followsFromTheStatus(String status, String tier) {
    assertThat(tier(seen("sub_1", status, "pro"))).isEqualTo(tier);
  }

  @Test
  void tier_ofWhoNeverSubscribed_isLeft() {
    assertThat(tier()).isEqualTo("as it is");
  }

  @ParameterizedTest
  @CsvSource({"0, pro", "604799, pro", "604800, free", "9999999, free"})
  void grace_isCountedFromTheFirstFailure(long seconds, String tier) {
    Optional<Instant> since = Optional.of(NOW.minusSeconds(seconds));
    assertThat(tier(seen("sub_1", "past_due", "pro", since))).isEqualTo(tier);
    assertThat(tier(seen("sub_1", "unpaid", "pro", since))).isEqualTo(tier);
  }

  @Test
  void grace_mayBeNone() {
    BillingRules strict = new BillingRules(Duration.ZERO, null, Map.of());
    SubscriptionSeen owed = seen("sub_1", "past_due", "pro", Optional.of(NOW));
    assertThat(strict.standing(List.of(owed), catalog, NOW).orElseThrow().tier()).isEqualTo("free");
    assertThatThrownBy(() -> new BillingRules(Duration.ofDays(-1), null, Map.of()))
        .hasMessage("grace must be 0 to 366 days, got PT-24H");
  }

  @Test
  void several_giveTheBest_inAnyOrder() {
    List<SubscriptionSeen> all =
        new ArrayList<>(
            List.of(
                seen("sub_1", "canceled", "max"),
                seen("sub_2", "past_due", "max", Optional.of(NOW)),
                seen("sub_3", "active", "pro"),
                seen("sub_4", "active", "free"),
                seen("sub_5", "incomplete", "max")));
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      Collections.shuffle(all, random);
      Standing standing = rules.standing(all, catalog, NOW).orElseThrow();
      assertThat(standing.decisive().id()).as("%s", all).isEqualTo("sub_3");
    }
  }

  @Test
  void fallback_isOfTheTierThatWasPaidFor() {
    BillingRules own = new BillingRules(WEEK, "free", Map.of("max", "pro"));
    List<SubscriptionSeen> max = List.of(seen("sub_1", "canceled", "max"));
    List<SubscriptionSeen> pro = List.of(seen("sub_1", "canceled", "pro"));
    assertThat(own.standing(max, catalog, NOW).orElseThrow().tier()).isEqualTo("pro");
    assertThat(own.standing(pro, catalog, NOW).orElseThrow().tier()).isEqualTo("free");
  }
}
