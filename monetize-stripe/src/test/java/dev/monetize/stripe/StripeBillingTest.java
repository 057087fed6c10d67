// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.MemoryJournal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an instance knows from its start on, and what it does by the clock. */
final class StripeBillingTest extends ShopCase {

  @Test
  void start_isNeeded_andDoneOnce() throws Exception {
    StripeBilling billing = shop.open(new MemoryJournal(), with -> with);
    assertThatThrownBy(() -> billing.subscribe("acme", "pro"))
        .hasMessage("billing is not started: call start(…) first");
    billing.start(shop.monetizer);
    assertThatThrownBy(() -> billing.start(shop.monetizer))
        .hasMessage("billing is started already");
  }

  @Test
  void periods_areKnown_whereTheyBeginWithinAnHour() throws Exception {
    Instant hour = Instant.parse("2026-03-10T12:00:00Z");
    assertThat(shop.billing.periodStart("acme", hour)).isEmpty();
    shop.billing.subscribe("acme", "pro");
    assertThat(shop.billing.periodStart("acme", hour)).contains(Shop.START);
    assertThat(shop.billing.periodStart("acme", hour.plus(HOUR))).isEmpty();
    assertThat(shop.billing.periodStart("acme", Shop.START)).contains(Shop.START);
    assertThat(shop.billing.periodStart("acme", Instant.parse("2026-04-10T12:00:00Z")))
        .as("also before it begins, and its event came")
        .contains(END);

    until(END.plus(HOUR));
    shop.restart();
    assertThat(shop.billing.periodStart("acme", hour)).as("of late usage").contains(Shop.START);
    assertThat(shop.billing.periodStart("acme", Instant.parse("2026-05-10T12:00:00Z")))
        .contains(Instant.parse("2026-05-10T12:34:56Z"));
  }

  @Test
  void use_isReportedShortlyBeforeASubscriptionEnds() throws Exception {
    List<String> flushed = new ArrayList<>();
    shop.billing.subscribe("acme", "pro");
    shop.billing.cancelAtPeriodEnd("acme");
    shop.restart();
    EndFlush ends =
        new EndFlush(
            BillingBook.open(shop.journal::open, shop.clock),
            customer ->
                flushed.add(customer + " " + shop.clock.instant().until(END, ChronoUnit.SECONDS)));
    for (Instant now = END.minusSeconds(400); now.isBefore(END.plusSeconds(400)); ) {
      shop.clock.set(now);
      ends.step(now);
      now = now.plusMillis(500);
    }
    assertThat(flushed).containsExactly("acme 300", "acme 60", "acme 20", "acme 8", "acme 3");
  }

  @Test
  void anotherInstance_findsACustomer_byTheSubscriptionTheyShare() throws Exception {
    shop.billing.subscribe("acme", "pro");
    StripeBilling other = shop.open(new MemoryJournal(), with -> with);
    other.start(shop.monetizer);
    assertThat(other.stripeCustomer("acme")).contains(acme);
    assertThat(other.periodStart("acme", Instant.parse("2026-03-10T12:00:00Z")))
        .contains(Shop.START);
    assertThat(other.stripeCustomer("nobody")).isEmpty();
  }
}
