// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.InvoicePreview.Usage;
import dev.monetize.price.Money;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Invoices of periods and windows of quotas that do not begin together. */
class InvoicePeriodTest extends InvoiceCase {

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
}
