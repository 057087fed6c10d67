// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tier that is paid by the year, and its usage by the month. */
final class YearlyTierTest extends MeteredCase {

  private static final String TIERS =
      TestTiers.TEXT
          + """
            yearly:
              price: 990/year
              included_calls: 50000/month
              endpoints: [/v1/*]
              overage: $0.002/call
          """;

  private static final Instant YEAR_END = Instant.parse("2027-03-10T12:34:56Z");

  @BeforeEach
  void open() throws Exception {
    open(TIERS, EACH);
  }

  private static Instant month(int number) {
    return Shop.START.atZone(ZoneOffset.UTC).plusMonths(number).toInstant();
  }

  private void use(int month, long calls) throws Exception {
    clock.set(month(month).plus(Duration.ofDays(5)));
    record(calls, "in " + month);
    UsageFlush.of(sink, monetizer.shipper()).complete("acme");
    clock.advance(Duration.ofSeconds(1)); // Stripe counts in seconds
  }

  /** The invoice of the month before is final. */
  private void begin(int month) throws Exception {
    clock.set(month(month).plus(Duration.ofHours(2)));
    stripe.settle();
    billing.refresh("acme");
  }

  /** Oldest first. */
  private List<Invoice> invoices() throws Exception {
    InvoiceListParams all =
        InvoiceListParams.builder().setCustomer(billing.customer("acme")).setLimit(100L).build();
    List<Invoice> oldest = new ArrayList<>();
    connection.client().v1().invoices().list(all).getData().forEach(each -> oldest.add(0, each));
    return oldest;
  }

  /** What Stripe has asked for a month, by the times of its lines. */
  private long billed(int month) throws Exception {
    return invoices().stream()
        .flatMap(invoice -> invoice.getLines().getData().stream())
        .filter(line -> line.getPeriod().getStart() >= month(month).getEpochSecond())
        .filter(line -> line.getPeriod().getStart() < month(month + 1).getEpochSecond())
        .mapToLong(InvoiceLineItem::getAmount)
        .sum();
  }

  private long previewed(int month) throws Exception {
    BigDecimal total =
        monetizer.invoicePreview("acme", month(month).plusSeconds(1)).total().amount();
    return total.movePointRight(2).longValueExact();
  }

  @Test
  void threeMonths_areTheYear_andThenUsage_asPreviewed() throws Exception {
    billing.subscribe("acme", "yearly");
    List<Long> uses = List.of(60_000L, 55_000L, 50_000L);
    for (int month = 0; month < 3; month++) {
      use(month, uses.get(month));
      begin(month + 1);
    }

    assertThat(invoices()).extracting(Invoice::getTotal).containsExactly(99_000L, 2000L, 1000L, 0L);
    assertThat(invoices()).extracting(Invoice::getStatus).containsOnly("paid");
    List<Long> ours = List.of(previewed(0), previewed(1), previewed(2));
    assertThat(ours).containsExactly(101_000L, 1000L, 0L);
    assertThat(List.of(billed(0), billed(1), billed(2))).isEqualTo(ours);
  }

  @Test
  void subscription_hasTheMonthForItsPeriod_andOneAnchor() throws Exception {
    CustomerBilling seen = billing.subscribe("acme", "yearly");
    assertThat(seen.granted()).contains("yearly");
    assertThat(seen.periodEnd()).contains(month(1));
    begin(1);
    assertThat(billing.billing("acme").orElseThrow().periodStart()).contains(month(1));
    assertThat(monetizer.accounts().subscription("acme").orElseThrow().anchor())
        .isEqualTo(Shop.START);
  }

  @Test
  void changeToTheYear_andBack_isProrated_asPreviewed() throws Exception {
    billing.subscribe("acme", "pro");
    use(0, 60_000);
    billing.changeTier("acme", "yearly");
    begin(1);
    use(1, 60_000);
    billing.changeTier("acme", "pro");
    begin(2);
    use(2, 60_000);
    begin(3);

    for (int month = 0; month < 3; month++) {
      assertThat(billed(month)).as("month %d", month).isEqualTo(previewed(month));
    }
    // in the first: 49, less 26 of its 31 days, 360 of 365 days of the year, and 10,000 calls
    assertThat(billed(0)).isEqualTo(4900 - 4110 + 97_644 + 2000);
    assertThat(billed(2)).isEqualTo(4900 + 2000);
    assertThat(monetizer.accounts().subscription("acme").orElseThrow().anchor())
        .isEqualTo(Shop.START);
  }

  @Test
  void cancel_waitsForTheYearThatIsPaid_unlessItIsTakenBack() throws Exception {
    billing.subscribe("acme", "yearly");
    for (int i = 0; i < 2; i++) {
      assertThat(billing.cancelAtPeriodEnd("acme").endsAt()).contains(YEAR_END);
      assertThat(billing.cancelAtPeriodEnd("acme").endsAt()).contains(YEAR_END);
      assertThat(billing.keep("acme").endsAt()).isEmpty();
    }
    billing.cancelAtPeriodEnd("acme");
    begin(11);
    assertThat(billing.billing("acme").orElseThrow().granted()).contains("yearly");
    begin(12);
    assertThat(billing.billing("acme").orElseThrow().status()).isEqualTo("canceled");
    assertThat(invoices()).filteredOn(each -> each.getTotal() >= 99_000).hasSize(1);
  }

  @Test
  void keep_takesBackWhatWasSaidInThePortal() throws Exception {
    String id = billing.subscribe("acme", "pro").subscription().orElseThrow();
    SubscriptionUpdateParams portal =
        SubscriptionUpdateParams.builder().setCancelAt(month(1).getEpochSecond()).build();
    connection.client().v1().subscriptions().update(id, portal);
    assertThat(billing.refresh("acme").endsAt()).contains(month(1));
    assertThat(billing.keep("acme").endsAt()).isEmpty();
    begin(1);
    assertThat(billing.billing("acme").orElseThrow().granted()).contains("pro");
  }

  @Test
  void checkout_saysThatItCannotSellIt() {
    CheckoutPage page =
        new CheckoutPage(URI.create("https://app.test/yes"), URI.create("https://app.test/no"));
    assertThatThrownBy(() -> billing.checkoutLink("acme", "yearly", page))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "tier \"yearly\" is paid by the year and the month, which Stripe's Checkout cannot sell together: subscribe(…) does, to who can pay at Stripe already");
    assertThat(stripe.calls("POST", "/v1/checkout/sessions")).isZero();
  }
}
