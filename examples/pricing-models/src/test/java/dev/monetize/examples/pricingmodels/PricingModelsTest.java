// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.pricingmodels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.InvoicePreview;
import dev.monetize.price.Money;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each model is on its invoice to the cent, and the README shows what is printed. */
class PricingModelsTest {

  @TempDir private Path data;

  @Test
  void perCall_costsWhatItsCallsCost() throws IOException {
    assertTotal(PricingModels.perCall(data), "$24.69"); // 12,345 × $0.002
  }

  @Test
  void perSecond_costsWhatItsSecondsCost() throws IOException {
    assertTotal(PricingModels.perSecond(data), "$1.24"); // 61.860 s × $0.02 = $1.2372
  }

  @Test
  void plan_costsItsPriceAndTheOverage() throws IOException {
    assertTotal(PricingModels.plan(data), "$39"); // $29 + 2,500 × $0.004
  }

  @Test
  void freemium_costsWhatIsLeftOfTheMonthSinceTheUpgrade() throws IOException {
    assertTotal(PricingModels.freemium(data), "$15"); // $30 × 15/30; 600 of 20,000 calls
  }

  @Test
  void main_printsWhatTheReadmeShows() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      PricingModels.main(new String[0]);
    } finally {
      System.setOut(out);
    }

    assertThat(Files.readString(Path.of("README.md")))
        .contains("```text\n" + printed.toString(StandardCharsets.UTF_8).strip() + "\n```");
  }

  private static void assertTotal(InvoicePreview invoice, String total) {
    assertThat(invoice.total()).as(invoice.text()).isEqualTo(Money.of(total));
  }
}
