// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Price;
import com.stripe.model.billing.Meter;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceCreateParams.TransformQuantity;
import com.stripe.param.PriceListParams;
import com.stripe.param.PriceRetrieveParams;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What use comes to at each kind of price, on an invoice. */
class PricesTest {

  private final Shop shop = new Shop();

  @AfterEach
  void close() {
    shop.close();
  }

  private Invoice invoice(long units, UnaryOperator<PriceCreateParams.Builder> terms)
      throws Exception {
    Meter meter = shop.meter("calls");
    Price price = shop.metered(meter, terms);
    Customer customer = shop.customer();
    shop.subscribe(customer, price);
    shop.use(customer, "calls", units);
    shop.later(Duration.ofDays(32));
    return shop.newest(customer);
  }

  private static List<Long> amounts(Invoice invoice) {
    return invoice.getLines().getData().stream().map(line -> line.getAmount()).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.2, 0",
    "2, 0.2, 0",
    "3, 0.2, 1",
    "5, 0.1, 1",
    "7, 0.2, 1",
    "0, 5, 0",
    "-3, 5, 0"
  })
  void perUnit_isRoundedHalfUpOnTheLine(long units, String cents, long amount) throws Exception {
    Invoice invoice = invoice(units, each -> each.setUnitAmountDecimal(new BigDecimal(cents)));
    assertThat(invoice.getTotal()).isEqualTo(amount);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 500", "1000, 500", "1001, 1000"})
  void packages_areRoundedUp(long units, long amount) throws Exception {
    Invoice invoice =
        invoice(
            units,
            each ->
                each.setUnitAmount(500L)
                    .setTransformQuantity(
                        TransformQuantity.builder()
                            .setDivideBy(1000L)
                            .setRound(TransformQuantity.Round.UP)
                            .build()));
    assertThat(invoice.getTotal()).isEqualTo(amount);
  }

  private static PriceCreateParams.Builder tiers(
      PriceCreateParams.Builder price, PriceCreateParams.TiersMode mode) {
    return price
        .setBillingScheme(PriceCreateParams.BillingScheme.TIERED)
        .setTiersMode(mode)
        .addTier(PriceCreateParams.Tier.builder().setUpTo(100L).setUnitAmount(10L).build())
        .addTier(
            PriceCreateParams.Tier.builder()
                .setUpTo(200L)
                .setUnitAmountDecimal(new BigDecimal("5.5"))
                .setFlatAmount(50L)
                .build())
        .addTier(
            PriceCreateParams.Tier.builder()
                .setUpTo(PriceCreateParams.Tier.UpTo.INF)
                .setUnitAmount(1L)
                .build());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "100, 1000", "101, 1056", "200, 1600", "250, 1650"})
  void graduatedTiers_addUp(long units, long amount) throws Exception {
    Invoice invoice = invoice(units, each -> tiers(each, PriceCreateParams.TiersMode.GRADUATED));
    assertThat(invoice.getTotal()).isEqualTo(amount);
  }

  @Test
  void graduatedTiers_areALineEach() throws Exception {
    Invoice invoice = invoice(250, each -> tiers(each, PriceCreateParams.TiersMode.GRADUATED));
    assertThat(amounts(invoice)).containsExactly(1000L, 550L, 50L, 50L);
    assertThat(invoice.getLines().getData())
        .extracting(InvoiceLineItem::getQuantity)
        .as("flat fees are of no units")
        .containsExactlyInAnyOrder(100L, 100L, 50L, 0L);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "100, 1000", "101, 606", "200, 1150", "250, 250"})
  void volumeTiers_areForAllUnits(long units, long amount) throws Exception {
    Invoice invoice = invoice(units, each -> tiers(each, PriceCreateParams.TiersMode.VOLUME));
    assertThat(invoice.getTotal()).isEqualTo(amount);
  }

  @Test
  void price_isFoundByItsLookupKey_whichMayMove() throws StripeException {
    Price old = shop.price(each -> each.setUnitAmount(1L).setLookupKey("pro"));
    assertThatThrownBy(() -> shop.price(each -> each.setUnitAmount(2L).setLookupKey("pro")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("already uses that lookup key");
    Price fresh =
        shop.price(each -> each.setUnitAmount(2L).setLookupKey("pro").setTransferLookupKey(true));
    List<Price> found =
        shop.client
            .v1()
            .prices()
            .list(PriceListParams.builder().addLookupKey("pro").addLookupKey("none").build())
            .getData();
    assertThat(found).extracting(Price::getId).containsExactly(fresh.getId());
    assertThat(shop.client.v1().prices().retrieve(old.getId()).getLookupKey()).isNull();
  }

  @Test
  void price_showsTiersOnlyWhereTheyAreAskedFor() throws Exception {
    Price price = shop.price(each -> tiers(each, PriceCreateParams.TiersMode.GRADUATED));
    assertThat(shop.client.v1().prices().retrieve(price.getId()).getTiers()).isNull();
    Price expanded =
        shop.client
            .v1()
            .prices()
            .retrieve(price.getId(), PriceRetrieveParams.builder().addExpand("tiers").build());
    assertThat(expanded.getTiers()).hasSize(3);
    assertThat(expanded.getTiers().get(1).getUnitAmountDecimal()).isEqualByComparingTo("5.5");
    assertThat(expanded.getTiers().get(2).getUpTo()).isNull();
  }

  @Test
  void price_isRefused() throws StripeException {
    Meter meter = shop.meter("calls");
    refused(
        "Metered prices must be backed by meters",
        each ->
            each.setUnitAmount(1L)
                .setRecurring(
                    PriceCreateParams.Recurring.builder()
                        .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
                        .setUsageType(PriceCreateParams.Recurring.UsageType.METERED)
                        .build()));
    refused(
        "at most 12 decimal places",
        each -> each.setUnitAmountDecimal(new BigDecimal("1.0000000000001")));
    refused(
        "cannot be combined with `tiers`",
        each ->
            tiers(each, PriceCreateParams.TiersMode.VOLUME)
                .setTransformQuantity(
                    TransformQuantity.builder()
                        .setDivideBy(10L)
                        .setRound(TransformQuantity.Round.UP)
                        .build()));
    refused(
        "Invalid decimal: 1.5E-7", each -> each.setUnitAmountDecimal(new BigDecimal("0.00000015")));
    refused("Missing required param: unit_amount", each -> each);
    shop.client.v1().billing().meters().deactivate(meter.getId());
    assertThatThrownBy(() -> shop.metered(meter, "1")).hasMessageContaining("is not active");
  }

  private void refused(String why, UnaryOperator<PriceCreateParams.Builder> terms) {
    assertThatThrownBy(() -> shop.price(terms))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(why);
  }
}
