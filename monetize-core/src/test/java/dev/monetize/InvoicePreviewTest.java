// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.InvoicePreview.Fixed;
import dev.monetize.InvoicePreview.Line;
import dev.monetize.price.Money;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Invoices of what was really recorded, from the tier file to the last cent. */
class InvoicePreviewTest extends InvoiceCase {

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
}
