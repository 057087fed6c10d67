// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.Caller;
import dev.monetize.Credential;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.tier.TierCatalog;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a customer has who does not pay, or whose subscription is gone. */
final class FallbackTest extends ShopCase {

  private void failToPay() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.stripe.failPayments(acme);
    until(END.plus(HOUR)); // the invoice is a draft for an hour
  }

  @Test
  void paymentThatFails_hasAWeekOfGrace_andThenTheFallback() throws Exception {
    failToPay();
    CustomerBilling seen = shop.billing.billing("acme").orElseThrow();
    assertThat(seen.status()).isEqualTo("past_due");
    assertThat(seen.graceUntil()).contains(END.plus(HOUR).plus(Duration.ofDays(7)));
    assertThat(shop.tier("acme")).isEqualTo("pro");

    shop.clock.set(seen.graceUntil().orElseThrow().minusSeconds(1));
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("pro");

    shop.clock.set(seen.graceUntil().orElseThrow()); // no event says so
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("free");
    assertThat(shop.has("acme").providerId()).isEqualTo(seen.subscription().orElseThrow());
  }

  @Test
  void graceThatEndsWhileNothingRuns_isOverAfterTheStart() throws Exception {
    failToPay();
    shop.billing.close();
    shop.clock.advance(Duration.ofDays(8));
    shop.restart();
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("free");
  }

  @Test
  void paymentThatIsMadeGood_givesTheTierBack() throws Exception {
    shop.restart(with -> with.grace(Duration.ofDays(1)));
    failToPay();
    shop.clock.advance(Duration.ofDays(2));
    shop.work();
    assertThat(shop.tier("acme")).isEqualTo("free");

    shop.stripe.recoverPayments(acme);
    until(END.plus(HOUR).plus(Duration.ofDays(3)));

    assertThat(shop.tier("acme")).isEqualTo("pro");
    assertThat(shop.billing.billing("acme").orElseThrow().graceUntil()).isEmpty();
  }

  @Test
  void fallback_mayBeAnotherOneForATier() throws Exception {
    shop.restart(with -> with.fallback("free").fallback("max", "pro"));
    shop.billing.subscribe("acme", "pro");
    shop.billing.changeTier("acme", "max");
    shop.client
        .v1()
        .subscriptions()
        .cancel(shop.billing.billing("acme").orElseThrow().subscription().orElseThrow());
    shop.deliverAll();
    assertThat(shop.tier("acme")).isEqualTo("pro");
  }

  @Test
  void fallback_thatIsNoTier_orWouldGiveAway_isRefusedAtTheStart() throws Exception {
    StripeBilling wrong = shop.open(new MemoryJournal(), with -> with.fallback("gold"));
    assertThatThrownBy(() -> wrong.start(shop.monetizer))
        .hasMessage("fallback: there is no tier \"gold\"");
    shop.monetizer.reload(
        TierCatalog.parse(
            "tiers.yml",
            """
            tiers:
              free:
                price: 1/month
                endpoints: [/v1/*]
            """));
    StripeBilling none = shop.open(new MemoryJournal(), with -> with);
    assertThatThrownBy(() -> none.start(shop.monetizer))
        .hasMessageStartingWith("the lowest tier, \"free\", is not free: say with fallback(");
  }

  @Test
  void customerThatIsDeleted_hasTheFallback() throws Exception {
    shop.billing.subscribe("acme", "pro");
    shop.client.v1().customers().delete(acme);
    shop.deliverAll();
    assertThat(shop.tier("acme")).isEqualTo("free");
  }

  /** Calls a month. */
  private long included(String key) {
    Caller caller = (Caller) shop.monetizer.identify(Credential.key(key), "");
    return shop.monetizer.usage(caller).meters().get("calls").quota().orElseThrow().included();
  }

  @Test
  void ownValues_areOfWhatIsPaidFor() throws Exception {
    shop.restart(with -> with.grace(Duration.ZERO));
    shop.billing.subscribe("acme", "pro");
    Map<String, String> agreed = Map.of("included_calls", "900000/month", "overage", "$0.001/call");
    shop.monetizer.accounts().override("acme", agreed);
    shop.stripe.failPayments(acme);
    until(END.plus(HOUR));
    assertThat(shop.tier("acme")).isEqualTo("free");
    String key = shop.monetizer.accounts().issueKey("acme", "").takeSecret();
    assertThat(included(key)).as("nothing of it is given away").isEqualTo(1000);

    shop.restart(with -> with.grace(Duration.ZERO));
    shop.stripe.recoverPayments(acme);
    until(END.plus(HOUR).plus(Duration.ofDays(3)));
    assertThat(shop.tier("acme")).isEqualTo("pro");
    assertThat(included(key)).isEqualTo(900_000);
  }

  @Test
  void ownValues_thatWereSetMeanwhile_stay() throws Exception {
    shop.restart(with -> with.grace(Duration.ZERO));
    shop.billing.subscribe("acme", "pro");
    shop.monetizer.accounts().override("acme", Map.of("included_calls", "900000/month"));
    shop.stripe.failPayments(acme);
    until(END.plus(HOUR));
    Map<String, String> own = Map.of("included_calls", "5/month");
    shop.monetizer.accounts().override("acme", own);
    shop.billing.refresh("acme");
    assertThat(shop.has("acme").overrides()).isEqualTo(own);

    shop.stripe.recoverPayments(acme);
    until(END.plus(HOUR).plus(Duration.ofDays(3)));
    assertThat(shop.has("acme").tier()).isEqualTo("pro");
    assertThat(shop.has("acme").overrides()).isEqualTo(own);
  }
}
