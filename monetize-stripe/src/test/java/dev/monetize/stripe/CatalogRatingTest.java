// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.param.InvoiceLineItemListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.billing.MeterEventCreateParams;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Rating;
import dev.monetize.price.Span;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.tier.Endpoint;
import dev.monetize.tier.MeterRule;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierBuilder;
import dev.monetize.tier.TierCatalog;
import dev.monetize.tier.TierCatalogBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random tiers, and what Stripe's invoices of their use come to, beside our own rating. */
final class CatalogRatingTest {

  private static final String METER = "compute";
  private static final int CATALOGS = 16;

  /** As many items as Stripe has in a subscription. */
  private static final int TIERS = 20;

  private static final int CUSTOMERS = 6;

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private int equal;
  private int unused;

  @Test
  void invoicesOfStripe_areThoseOfOurRating() throws Exception {
    System.out.println("CatalogRatingTest: seed " + seed);
    for (int i = 0; i < CATALOGS; i++) {
      try (CatalogBench bench = new CatalogBench()) {
        compare(bench, catalog(List.of("USD", "JPY", "EUR", "CHF").get(i % 4)));
      }
    }
    assertThat(equal).as("to the cent").isGreaterThan(1_000);
    assertThat(unused).as("first bands with a flat amount, without use").isPositive();
  }

  /** One unit at 0.4 cents, and one more at the same: nothing and nothing, and not 0.8 cents. */
  @Test
  void bandsOfBrokenCents_areRoundedByThemselves() throws Exception {
    Price price =
        Price.graduated(
            Price.Band.of(1, Money.of("$0.004")),
            Price.Band.of(Price.Band.NO_END, Money.of("$0.004")));
    Tier tier = Tier.named("t").endpoints("/v1/*").price(METER, price).build();
    try (CatalogBench bench = new CatalogBench()) {
      bench.catalog().apply(catalog(List.of(tier)));
      String id = bench.price("monetize.t." + METER).getId();
      String customer = subscribed(bench, Map.of("t", id), 2, "monetize_" + METER);
      bench.clock.advance(Duration.ofDays(32));
      bench.stripe.settle();

      assertThat(ours(tier, 2)).isZero();
      assertThat(billed(bench, customer)).containsEntry(id, 0L);
    }
  }

  private void compare(CatalogBench bench, TierCatalog tiers) throws Exception {
    StripeCatalog catalog = bench.catalog();
    CatalogPlan plan = catalog.apply(tiers);
    assertThat(catalog.plan(tiers).isEmpty()).as("seed %d", seed).isTrue();
    Map<String, String> prices = new HashMap<>();
    for (Tier tier : tiers.tiers()) {
      prices.put(tier.name(), bench.price("monetize." + tier.name() + "." + METER).getId());
    }
    Map<String, Long> used = new HashMap<>();
    for (int i = 0; i < CUSTOMERS; i++) {
      long units = i == 0 ? 0 : units(tiers);
      used.put(subscribed(bench, prices, units, catalog.eventName(METER)), units);
    }
    bench.clock.advance(Duration.ofDays(32));
    bench.stripe.settle();
    for (Map.Entry<String, Long> customer : used.entrySet()) {
      Map<String, Long> billed = billed(bench, customer.getKey());
      for (Tier tier : tiers.tiers()) {
        long asked = billed.getOrDefault(prices.get(tier.name()), 0L);
        check(tier, customer.getValue(), asked, String.join("\n", plan.warnings()));
      }
    }
  }

  private void check(Tier tier, long units, long asked, String warnings) {
    long ours = ours(tier, units);
    String told = "tier " + tier.name() + ": " + METER + ": Stripe asks for the first band's flat";
    String what =
        "seed %d, %d units at %s, tier %s".formatted(seed, units, tier.prices(), tier.name());
    if (units == 0 && warnings.contains(told)) {
      unused++;
    } else {
      equal++;
      assertThat(asked).as(what).isEqualTo(ours);
    }
  }

  /** As an invoice's line is drafted here. */
  private static long ours(Tier tier, long units) {
    Price price = tier.prices().get(METER);
    if (!(price instanceof Price.IncludedThenOverage hybrid)) {
      return Rating.line(METER, price, units).amount().minorUnits();
    }
    long cap = ((PastQuota.Bill) tier.quotas().get(0).past()).cap().orElse(Long.MAX_VALUE);
    Span paid = new Span(0, Math.max(0, Math.min(units, cap) - hybrid.included()));
    return Rating.line(METER, price, units, List.of(paid)).amount().minorUnits();
  }

  private String subscribed(
      CatalogBench bench, Map<String, String> prices, long units, String eventName)
      throws StripeException {
    String customer = Shop.stranger(bench.client);
    SubscriptionCreateParams.Builder params =
        SubscriptionCreateParams.builder().setCustomer(customer);
    for (String price : prices.values()) {
      params.addItem(SubscriptionCreateParams.Item.builder().setPrice(price).build());
    }
    bench.client.v1().subscriptions().create(params.build());
    bench
        .client
        .v1()
        .billing()
        .meterEvents()
        .create(
            MeterEventCreateParams.builder()
                .setEventName(eventName)
                .putPayload("stripe_customer_id", customer)
                .putPayload("value", Long.toString(units))
                .setTimestamp(bench.clock.instant().getEpochSecond())
                .build());
    return customer;
  }

  /** What the invoice of the month asks for, by price. */
  private static Map<String, Long> billed(CatalogBench bench, String customer)
      throws StripeException {
    InvoiceListParams of = InvoiceListParams.builder().setCustomer(customer).build();
    Invoice invoice = bench.client.v1().invoices().list(of).getData().get(0);
    assertThat(invoice.getBillingReason()).isEqualTo("subscription_cycle");
    assertThat(invoice.getStatus()).isEqualTo("paid");
    Map<String, Long> billed = new HashMap<>();
    InvoiceLineItemListParams page = InvoiceLineItemListParams.builder().setLimit(100L).build();
    for (InvoiceLineItem line :
        bench.client.v1().invoices().lineItems().list(invoice.getId(), page).autoPagingIterable()) {
      billed.merge(line.getPricing().getPriceDetails().getPrice(), line.getAmount(), Long::sum);
    }
    return billed;
  }

  private TierCatalog catalog(String currency) {
    List<Tier> tiers = new ArrayList<>();
    for (int i = 0; i < TIERS; i++) {
      tiers.add(tier("t" + i, Currency.getInstance(currency)));
    }
    return catalog(tiers);
  }

  private static TierCatalog catalog(List<Tier> tiers) {
    TierCatalogBuilder catalog =
        TierCatalog.builder().endpoint(Endpoint.of("/v1/*").withMeter(MeterRule.elapsed(METER)));
    tiers.forEach(catalog::tier);
    return catalog.build();
  }

  private Tier tier(String name, Currency currency) {
    TierBuilder tier = Tier.named(name).endpoints("/v1/*");
    if (random.nextBoolean()) {
      return tier.price(METER, price(currency, random.nextInt(5))).build();
    }
    long included = 1L + random.nextInt(1_000);
    tier.quota(METER, included, QuotaPeriod.Unit.MONTH);
    if (random.nextBoolean()) {
      tier.pastQuota(new PastQuota.Bill(OptionalLong.of(included + random.nextInt(1_000))));
    }
    return tier.overage(METER, price(currency, random.nextInt(3))).build();
  }

  private Price price(Currency currency, int kind) {
    return switch (kind) {
      case 0 -> Price.perUnit(amount(currency));
      case 1 -> Price.perSecond(amount(currency));
      case 2 -> Price.graduated(bands(currency));
      case 3 -> Price.volume(bands(currency));
      default -> Price.perPackage(amount(currency), 1 + random.nextInt(300));
    };
  }

  private Price.Band[] bands(Currency currency) {
    Price.Band[] bands = new Price.Band[1 + random.nextInt(4)];
    long upTo = 0;
    for (int i = 0; i < bands.length; i++) {
      upTo = i == bands.length - 1 ? Price.Band.NO_END : upTo + 1 + random.nextInt(800);
      Money flat = random.nextInt(3) == 0 ? amount(currency) : Money.zero(currency);
      bands[i] = new Price.Band(upTo, amount(currency), flat);
    }
    return bands;
  }

  /** From billionths to dozens, of few digits or of many. */
  private Money amount(Currency currency) {
    long step = (long) Math.pow(10, random.nextInt(10));
    return new Money(random.nextInt(100) * step, currency);
  }

  /** Some units, often at the end of a band. */
  private long units(TierCatalog tiers) {
    Price price = tiers.tiers().get(random.nextInt(TIERS)).prices().get(METER);
    long end = 1L + random.nextInt(2_500);
    if (price instanceof Price.IncludedThenOverage hybrid) {
      end = hybrid.included();
    } else if (price instanceof Price.Tiered tiered && tiered.bands().size() > 1) {
      end = tiered.bands().get(0).upTo();
    }
    return Math.max(1, end + random.nextInt(3) - 1);
  }
}
