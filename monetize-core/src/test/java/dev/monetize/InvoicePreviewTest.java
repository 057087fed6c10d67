// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.InvoicePreview.Fixed;
import dev.monetize.InvoicePreview.Line;
import dev.monetize.InvoicePreview.Usage;
import dev.monetize.price.Money;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.Recording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invoices of what was really recorded, from the tier file to the last cent. */
class InvoicePreviewTest {

  private static final String TIERS =
      """
      meters:
        tokens: {aggregation: sum}
        cpu: {aggregation: sum}
      tiers:
        free:
          included_calls: 1000/month
          past_quota: throttle
          endpoints: [/v1/*]
        pro:
          price: 99/month
          included_calls: 50000/month
          overage: $0.002/call
          prices:
            tokens: {graduated: [{up_to: 1000, each: 0.10}, {up_to: 10_000, each: 0.05}, {up_to: inf, each: 0.01}]}
          endpoints: [/v1/*]
        team:
          price: 249/month
          included_calls: 200000/month
          overage: $0.001/call
          prices: {tokens: $10/package of 1000}
          endpoints: [/v1/*]
        yearly:
          price: 490/year
          endpoints: [/v1/*]
        daily:
          included_calls: 100/day
          overage: $0.01/call
          endpoints: [/v1/*]
        weekly:
          included_calls: {included: 1000/week, starts: calendar}
          overage: {calls: {graduated: [{up_to: 500, each: 0.02}, {up_to: inf, each: 0.01}]}}
          endpoints: [/v1/*]
        custom:
          price: custom
          endpoints: [/v1/*]
      """
          .replace("past_quota: throttle", "past_quota: {throttle: 5/min}");

  @TempDir private Path data;
  private Bench bench;
  private int ids;

  @BeforeEach
  void open() {
    bench = new Bench(data, TIERS);
    at("2026-06-01T00:00:00Z");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void at(String instant) {
    bench.now = Instant.parse(instant);
  }

  /** Turns the clock, and records usage at that time. */
  private void use(String instant, String meter, long units) {
    at(instant);
    assertThat(
            bench.monetizer.record(
                new ExternalUsage(
                    "acme", Map.of(meter, units), bench.now, "test", String.valueOf(ids++))))
        .isInstanceOf(Recording.Recorded.class);
  }

  private InvoicePreview invoice(String at) throws IOException {
    return bench.monetizer.invoicePreview("acme", Instant.parse(at));
  }

  private InvoicePreview invoice() throws IOException {
    return bench.monetizer.invoicePreview("acme", bench.now);
  }

  private static List<String> rows(InvoicePreview invoice) {
    return invoice.lines().stream()
        .map(line -> line.tier() + ", " + line.description() + ": " + line.amount())
        .toList();
  }

  @Test
  void invoice_isWhatWasRecorded_lineByLine() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "calls", 20_000);
    use("2026-06-02T10:45:00Z", "calls", 15_000);
    use("2026-06-30T23:59:59Z", "calls", 25_000);
    use("2026-06-30T23:59:59Z", "tokens", 15_000);

    assertThat(invoice().text())
        .isEqualTo(
            """
            Invoice preview for acme, in USD
            2026-06-01T00:00:00Z to 2026-07-01T00:00:00Z

            pro, base price $99/month                                                 99.00
            pro, calls: 60000 used, 50000 included                                    20.00
                10000 at $0.002 = $20
            pro, tokens: 15000 used                                                  600.00
                1000 at $0.10 = $100
                9000 at $0.05 = $450
                5000 at $0.01 = $50
            total                                                                    719.00
            """);
    assertThat(invoice().json())
        .isEqualTo(
            """
            {"customer":"acme","currency":"USD",
            "start":"2026-06-01T00:00:00Z","end":"2026-07-01T00:00:00Z","lines":[
            {"kind":"base","tier":"pro","description":"base price $99/month",
            "from":"2026-06-01T00:00:00Z","to":"2026-07-01T00:00:00Z",
            "exact":"99.00","amount":"99.00"},
            {"kind":"usage","tier":"pro","description":"calls: 60000 used, 50000 included",
            "meter":"calls","units":60000,"included":50000,"billable":10000,"parts":[
            {"units":10000,"each":"0.002","per":1,"flat":"0.00","amount":"20.00"}],"hours":[
            {"start":"2026-06-02T10:00:00Z","end":"2026-06-02T11:00:00Z","units":35000},
            {"start":"2026-06-30T23:00:00Z","end":"2026-07-01T00:00:00Z","units":25000}],
            "exact":"20.00","amount":"20.00"},
            {"kind":"usage","tier":"pro","description":"tokens: 15000 used",
            "meter":"tokens","units":15000,"included":0,"billable":15000,"parts":[
            {"units":1000,"each":"0.10","per":1,"flat":"0.00","amount":"100.00"},
            {"units":9000,"each":"0.05","per":1,"flat":"0.00","amount":"450.00"},
            {"units":5000,"each":"0.01","per":1,"flat":"0.00","amount":"50.00"}],"hours":[
            {"start":"2026-06-30T23:00:00Z","end":"2026-07-01T00:00:00Z","units":15000}],
            "exact":"600.00","amount":"600.00"}],
            "total":"719.00"}
            """
                .replace("\n", ""));
    assertThat(rows(invoice("2026-07-01T00:00:00Z")))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, calls: 0 used, 0 included: $0",
            "pro, tokens: 0 used: $0");
  }

  @Test
  void invoice_isTheSameBytesAfterARestart() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "calls", 60_000);
    bench.monetizer.accounts().changeTier("acme", "team");
    use("2026-06-20T10:15:00Z", "tokens", 7);
    String before = invoice().json();

    bench.restart();

    assertThat(invoice().json()).isEqualTo(before);
  }

  /**
   * 18 of 30 days are left: the example of https://teamcoby.com/guides/proration-explained-stripe.
   */
  @Test
  void changedTier_isProratedBySecond_andPaysWhatWasUsedInEach() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-12T23:59:59Z", "calls", 60_000);
    use("2026-06-12T23:59:59Z", "tokens", 1_500);
    at("2026-06-13T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "team");
    use("2026-06-13T00:00:00Z", "calls", 210_000);
    use("2026-06-14T00:00:00Z", "tokens", 1_001);

    assertThat(rows(invoice()))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, unused time of $99/month: -$59.40",
            "team, remaining time of $249/month: $149.40",
            "pro, calls: 60000 used, 50000 included: $20",
            "pro, tokens: 1500 used: $125",
            "team, calls: 210000 used, 200000 included: $10",
            "team, tokens: 1001 used: $20");
    assertThat(invoice().total()).isEqualTo(Money.of("$364"));
    assertThat(rows(invoice("2026-07-10T00:00:00Z")))
        .startsWith("team, base price $249/month: $249")
        .hasSize(3);
  }

  @Test
  void readme_showsAnInvoice() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "calls", 60_000);
    use("2026-06-02T10:15:00Z", "tokens", 15_000);
    at("2026-06-13T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "team");
    use("2026-06-14T00:00:00Z", "tokens", 1_001);

    assertThat(Files.readString(Path.of("..", "README.md")))
        .contains("```text\n" + invoice().text() + "```\n");
  }

  @Test
  void downgradedTier_givesBack_andItsOverageBeginsPastWhatIsIncluded() throws IOException {
    bench.customer("acme", "team");
    use("2026-06-10T00:00:00Z", "calls", 60_000);
    at("2026-06-16T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "pro");
    use("2026-06-17T00:00:00Z", "calls", 51_000);

    assertThat(rows(invoice()))
        .containsExactly(
            "team, base price $249/month: $249",
            "team, unused time of $249/month: -$124.50",
            "pro, remaining time of $99/month: $49.50",
            "team, calls: 60000 used, 60000 included: $0",
            "pro, calls: 51000 used, 50000 included: $2",
            "pro, tokens: 0 used: $0");
  }

  /** As Stripe, which bills each price when its item goes. */
  @Test
  void tierThatComesBack_countsAnew_onALineOfItsOwn() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-10T00:00:00Z", "calls", 60_000);
    at("2026-06-16T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "team");
    at("2026-06-16T12:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "pro");
    use("2026-06-17T00:00:00Z", "calls", 51_000);
    bench.monetizer.accounts().override("acme", Map.of("rate_limit", "5/min"));
    use("2026-06-18T00:00:00Z", "calls", 1_000);

    assertThat(rows(invoice()))
        .contains(
            "pro, calls: 60000 used, 50000 included: $20",
            "pro, calls: 52000 used, 50000 included: $4")
        .noneMatch(row -> row.startsWith("team, calls"));
  }

  @Test
  void usedInATrial_isOnNoInvoice_andCountsInNoQuota() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "calls", 60_000);
    bench.monetizer.accounts().setAnchor("acme", Instant.parse("2026-06-20T12:30:00Z"));

    assertThat(rows(invoice()))
        .containsExactly("pro, nothing is due before 2026-06-20T12:30:00Z: $0");

    use("2026-06-20T12:29:59Z", "calls", 60_000);
    use("2026-06-20T12:30:00Z", "calls", 50_001);

    assertThat(rows(invoice("2026-06-21T00:00:00Z")))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, calls: 50001 used, 50000 included: $0",
            "pro, tokens: 0 used: $0");
    assertThat(invoice("2026-06-21T00:00:00Z").lines().get(1).exact())
        .isEqualTo(Money.of("$0.002"));
  }

  @Test
  void changesInOneSecond_orOfOtherValues_chargeNothing() throws IOException {
    bench.customer("acme", "pro");
    at("2026-06-13T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "team");
    bench.monetizer.accounts().changeTier("acme", "pro");
    bench.monetizer.accounts().override("acme", Map.of("rate_limit", "5/min"));
    use("2026-06-14T00:00:00Z", "tokens", 1_001);

    assertThat(rows(invoice()))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, calls: 0 used, 0 included: $0",
            "pro, tokens: 1001 used: $100.05");
  }

  @Test
  void ownValues_priceWhatIsUsedSinceTheyAreSet() throws IOException {
    bench.customer("acme", "custom");
    assertThat(rows(invoice()))
        .containsExactly("custom, base price is custom, and was not set for this customer: $0");
    at("2026-06-16T00:00:00Z");
    bench.monetizer.accounts().override("acme", Map.of("price", "1000/month"));

    assertThat(rows(invoice()))
        .containsExactly(
            "custom, base price is custom, and was not set for this customer: $0",
            "custom, remaining time of $1000/month: $500");
  }

  @Test
  void capOnOverage_isNeverExceeded_andNotCutForWhatWasUsedBefore() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:00:00Z", "calls", 55_000);
    bench.monetizer.accounts().override("acme", Map.of("overage_cap", "56000"));
    use("2026-06-03T10:00:00Z", "calls", 4_000);

    assertThat(rows(invoice()))
        .contains(
            "pro, calls: 59000 used, 50000 included: $18",
            "pro, calls: 3000 past the cap are not paid: -$6");
    assertThat(invoice().total()).isEqualTo(Money.of("$111"));

    at("2026-06-03T10:00:01Z");
    bench.monetizer.accounts().override("acme", Map.of("overage_cap", "50000"));

    assertThat(invoice().total()).isEqualTo(Money.of("$111"));
    use("2026-06-04T10:00:00Z", "calls", 1_000);
    assertThat(invoice().total()).isEqualTo(Money.of("$111"));
  }

  @Test
  void units_areThoseOfTheHoursThatBeginInATime() {
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "calls", 20);
    use("2026-06-02T10:45:00Z", "calls", 15);
    use("2026-06-02T11:00:00Z", "calls", 7);
    Instant ten = Instant.parse("2026-06-02T10:00:00Z");

    assertThat(bench.monetizer.units("acme", "calls", ten, ten.plusSeconds(3600))).isEqualTo(35);
    assertThat(bench.monetizer.units("acme", "calls", ten, ten.plusSeconds(7200))).isEqualTo(42);
    assertThat(bench.monetizer.units("other", "calls", ten, ten.plusSeconds(7200))).isZero();
  }

  @Test
  void usage_costsNoMoreThanTheCap() {
    String key = bench.customer("acme", "pro");
    bench.monetizer.accounts().override("acme", Map.of("overage_cap", "56000"));
    use("2026-06-02T10:00:00Z", "calls", 60_000);

    assertThat(bench.usage(key).cost().lines().get(0).amount()).isEqualTo(Money.of("$12"));
  }

  private void fallback(String instant, @Nullable String other) {
    at(instant);
    bench.monetizer.accounts().update("acme", has -> has.orElseThrow().withFallback(other));
  }

  /** What is owed for is asked for; what the fallback gives is free, and nothing counts anew. */
  @Test
  void fallback_changesNothingOfTheInvoice_andItsUseIsFree() throws IOException {
    String key = bench.customer("acme", "pro");
    use("2026-06-02T10:00:00Z", "calls", 40_000);
    fallback("2026-06-08T12:30:00Z", "free");
    use("2026-06-08T12:40:00Z", "calls", 500);
    assertThat(bench.usage(key).tier()).isEqualTo("free");
    fallback("2026-06-12T00:10:00Z", null);
    use("2026-06-12T00:20:00Z", "calls", 20_000);
    assertThat(bench.usage(key).tier()).isEqualTo("pro");

    assertThat(rows(invoice()))
        .containsExactly(
            "pro, base price $99/month: $99",
            "pro, calls: 60000 used, 50000 included: $20",
            "pro, tokens: 0 used: $0");
  }

  /** A window that goes on from a period before counts as it did then. */
  @Test
  void fallback_ofAPeriodBefore_countsInNoWindow() throws IOException {
    bench.customer("acme", "weekly");
    use("2026-06-29T10:00:00Z", "calls", 600);
    fallback("2026-06-30T00:00:00Z", "free");
    use("2026-06-30T10:00:00Z", "calls", 900);
    fallback("2026-06-30T12:00:00Z", null);
    use("2026-07-02T10:00:00Z", "calls", 300);

    assertThat(rows(invoice())).contains("weekly, calls: 300 used, 300 included: $0");
  }

  /** It is told of while another tier is in force, in a period that is over. */
  @Test
  void useThatIsToldOfInAFreeTier_isFree_wheneverItWas() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-20T10:00:00Z", "calls", 50_000);
    fallback("2026-07-01T00:30:00Z", "free");
    at("2026-07-01T02:00:00Z");
    Instant before = Instant.parse("2026-06-30T23:00:00Z");
    bench.monetizer.record(
        new ExternalUsage("acme", Map.of("calls", 500L), before, "test", "late"));

    assertThat(invoice("2026-06-10T00:00:00Z").total()).isEqualTo(Money.of("$99"));
  }

  /** Nothing else was in force in the whole period. */
  @Test
  void fallback_forAllOfThePeriod_isFree() throws IOException {
    bench.customer("acme", "pro");
    fallback("2026-06-10T00:00:00Z", "free");
    use("2026-07-02T10:00:00Z", "calls", 60_000);

    assertThat(rows(invoice())).first().isEqualTo("pro, base price $99/month: $99");
    assertThat(invoice().total()).isEqualTo(Money.of("$99"));
  }

  /** Who falls back to something that is sold pays for it, at the prices of what it has. */
  @Test
  void fallback_thatIsSold_isBilledAsTheTierItself() throws IOException {
    bench.customer("acme", "pro");
    fallback("2026-06-10T00:00:00Z", "daily");
    use("2026-06-11T10:00:00Z", "calls", 60_000);

    assertThat(invoice().total()).isEqualTo(Money.of("$119"));
  }

  /** A trial: billing begins later. */
  @Test
  void usage_costsNothing_beforeBillingBegins() {
    String key = bench.customer("acme", "pro");
    use("2026-06-02T10:00:00Z", "calls", 60_000);
    assertThat(bench.usage(key).cost().total()).isEqualTo(Money.of("$119"));

    bench.monetizer.accounts().setAnchor("acme", bench.now.plusSeconds(1));

    UsageReport trial = bench.usage(key);
    assertThat(trial.cost().total()).isEqualTo(Money.of("$0"));
    assertThat(trial.cost().lines()).isEmpty();
    assertThat(trial.meters().get("calls").used()).isEqualTo(60_000);
  }

  @Test
  void dailyQuota_isBilledDayByDay() throws IOException {
    bench.customer("acme", "daily");
    use("2026-06-02T10:00:00Z", "calls", 150);
    use("2026-06-03T10:00:00Z", "calls", 90);
    use("2026-06-04T23:59:59Z", "calls", 101);

    assertThat(rows(invoice())).containsExactly("daily, calls: 341 used, 290 included: $0.51");
  }

  /** The week from Monday, June 29 to July 6 lies in both months. */
  @Test
  void windowOfTwoPeriods_isPaidWhereItIsUsed_andOnce() throws IOException {
    bench.customer("acme", "weekly");
    use("2026-06-30T10:00:00Z", "calls", 1_400);
    use("2026-07-01T00:00:00Z", "calls", 300);
    use("2026-07-07T00:00:00Z", "calls", 1_001);

    assertThat(rows(invoice("2026-06-30T00:00:00Z")))
        .containsExactly("weekly, calls: 1400 used, 1000 included: $8");
    assertThat(rows(invoice("2026-07-01T00:00:00Z")))
        .containsExactly("weekly, calls: 1301 used, 1000 included: $4.02");
  }

  @Test
  void periodThatBeginsWithinAnHour_dividesItsHour() throws IOException {
    bench.customer("acme", "pro");
    bench.monetizer.accounts().setAnchor("acme", Instant.parse("2026-06-01T10:15:30Z"));
    use("2026-07-01T10:15:29.999999999Z", "calls", 50_001);
    use("2026-07-01T10:15:30Z", "calls", 50_002);

    InvoicePreview june = invoice("2026-06-20T00:00:00Z");
    InvoicePreview july = invoice("2026-07-20T00:00:00Z");

    assertThat(rows(june)).contains("pro, calls: 50001 used, 50000 included: $0");
    assertThat(rows(july)).contains("pro, calls: 50002 used, 50000 included: $0");
    Usage first = (Usage) june.lines().get(1);
    Usage second = (Usage) july.lines().get(1);
    assertThat(first.exact()).isEqualTo(Money.of("$0.002"));
    assertThat(second.exact()).isEqualTo(Money.of("$0.004"));
    assertThat(first.hours()).hasSize(1);
    assertThat(first.hours().get(0).start()).isEqualTo("2026-07-01T10:00:00Z");
    assertThat(first.hours().get(0).end()).isEqualTo("2026-07-01T10:15:30Z");
    assertThat(second.hours().get(0).start()).isEqualTo("2026-07-01T10:15:30Z");
    assertThat(second.hours().get(0).end()).isEqualTo("2026-07-01T11:00:00Z");
  }

  @Test
  void yearlyPrice_isDueWhereItsYearBegins_andProratedByTheYear() throws IOException {
    bench.customer("acme", "yearly");
    bench.monetizer.accounts().setAnchor("acme", Instant.parse("2026-06-01T00:00:00Z"));

    assertThat(rows(invoice("2026-06-20T00:00:00Z")))
        .containsExactly("yearly, base price $490/year: $490");
    assertThat(rows(invoice("2026-07-20T00:00:00Z"))).isEmpty();
    assertThat(rows(invoice("2027-06-20T00:00:00Z"))).hasSize(1);
    assertThat(rows(invoice("2026-05-20T00:00:00Z")))
        .containsExactly("yearly, nothing is due before 2026-06-01T00:00:00Z: $0");

    at("2026-08-13T00:00:00Z"); // 292 of 365 days are left
    bench.monetizer.accounts().changeTier("acme", "free");

    assertThat(rows(invoice())).containsExactly("yearly, unused time of $490/year: -$392");
  }

  @Test
  void amounts_haveTheMinorUnitOfTheirCurrency() throws IOException {
    close();
    bench =
        new Bench(
            data.resolve("yen"),
            """
            currency: JPY
            tiers:
              pro: {price: 4900/month, prices: {calls: 0.5}, endpoints: [/v1/*]}
            """);
    bench.now = Instant.parse("2026-06-01T00:00:00Z");
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "calls", 3);

    Line line = invoice().lines().get(1);

    assertThat(line.exact().decimal()).isEqualTo("1.5");
    assertThat(line.amount().decimal()).isEqualTo("2");
    assertThat(invoice().total().decimal()).isEqualTo("4902");
  }

  @Test
  void whatCannotBeDrawnUp_isRefused() throws IOException {
    bench.customer("acme", "pro");
    at("2026-06-13T00:00:00Z");
    bench.monetizer.accounts().changeTier("acme", "team");

    assertThatThrownBy(() -> bench.monetizer.invoicePreview("nobody", bench.now))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("customer \"nobody\" has no subscription");
    assertThatThrownBy(() -> invoice("2025-05-01T00:00:00Z"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "use is kept since 2025-05-09T00:00:00Z, the invoice begins with that of"
                + " 2025-05-01T00:00:00Z");
    bench.monetizer.reload(
        TierCatalog.parse("tiers.yml", TIERS.replace("  pro:\n", "  professional:\n")));
    assertThatThrownBy(this::invoice)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "customer \"acme\" had tier \"pro\" in this period, which cannot be priced: no tier"
                + " \"pro\"; there are [free, professional, ");
    assertThat(invoice("2026-07-01T00:00:00Z").lines().get(0)).isInstanceOf(Fixed.class);
  }

  @Test
  void reload_changesThePricesOfThePeriod_andTellsThem() throws IOException {
    bench.customer("acme", "pro");
    use("2026-06-02T10:15:00Z", "tokens", 15_000);

    TierReload reload =
        bench.monetizer.reload(
            TierCatalog.parse("tiers.yml", TIERS.replace("tokens: {graduated", "tokens: {volume")));

    assertThat(reload.changes())
        .containsExactly(
            "pro: prices.tokens graduated up to 1000 $0.10/token, up to 10000 $0.05/token, then"
                + " $0.01/token -> volume up to 1000 $0.10/token, up to 10000 $0.05/token, then"
                + " $0.01/token");
    assertThat(rows(invoice())).contains("pro, tokens: 15000 used: $150");
  }
}
