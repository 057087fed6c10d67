// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.pricingmodels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.price.Money;
import java.io.ByteArrayOutputStream;
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
  void perCall_costsWhatItsCallsCost() throws Exception {
    assertTotal(PricingModels.perCall(data), "$24.69"); // 12,345 × $0.002
  }

  @Test
  void perSecond_costsWhatItsSecondsCost() throws Exception {
    assertTotal(PricingModels.perSecond(data), "$1.24"); // 61.860 s × $0.02 = $1.2372
  }

  @Test
  void plan_costsItsPriceAndTheOverage() throws Exception {
    assertTotal(PricingModels.plan(data), "$39"); // $29 + 2,500 × $0.004
  }

  @Test
  void freemium_costsThePriceFromTheUpgradeOn() throws Exception {
    assertTotal(PricingModels.freemium(data), "$30"); // 600 of 20,000 calls
  }

  @Test
  void main_printsWhatTheReadmeShows() throws Exception {
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

  private static void assertTotal(Billed billed, String total) {
    assertThat(billed.preview().total()).as(billed.text()).isEqualTo(Money.of(total));
    assertThat(billed.total()).as("at Stripe:\n" + billed.text()).isEqualTo(Money.of(total));
    assertThat(billed.stripe()).extracting(StripeLine::status).containsOnly("paid");
  }
}
