// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever stands in a file, it loads or is refused with faults. */
class TierFileFuzzTest {

  private static final String GOOD =
      """
      currency: USD
      upgrade_url: https://example.com/upgrade
      public: [/health, GET /about/*]
      tiers:
        free:
          price: 0
          included_calls: {included: 1000/month, starts: calendar, time_zone: Europe/Paris}
          rate_limit: {limit: 10/min, burst: 20, window: bucket, per: key, shadow: false}
          concurrency: 5
          endpoints: [/v1/basic/*, GET /v1/search]
          features: {export: true, seats: 5, note: "a b"}
        pro:
          price: 49/month
          included_calls: 50000/month
          rate_limits:
            fast: 100/10s
            slow: {limit: custom, window: strict}
          overage: {calls: $0.002/call, tokens: 0.00002 USD}
          prices:
            pages: {graduated: [{up_to: 10, each: 0.1}, {up_to: inf, each: 0.05, flat: 1}]}
            images: $10/package of 10
          quotas:
            tokens: [1_000_000/month, 100000/7 days]
          past_quota: {bill: {cap: 2000000}}
          endpoints: [/v1/*]
      endpoints:
        POST /v1/generate:
          cost: 5
          meter: tokens
          units: header X-Tokens
          estimate: 100
          billable: [2xx, 404, 402-410]
        "/v1/{id}/render": {meters: {compute: elapsed, pages: 2}}
      meters:
        seats: {aggregation: max}
        tokens: {aggregation: sum}
        images: {aggregation: sum}
      """;

  private static final List<String> BITS =
      List.of(
          ":",
          "-",
          "{",
          "}",
          "[",
          "]",
          "*",
          "&a ",
          "*a",
          "!!map ",
          "\"",
          "'",
          "\n",
          "\t",
          "  ",
          "#",
          "|",
          ">",
          "?",
          "%",
          "@",
          "`",
          "\u0000",
          "\uFEFF",
          "é",
          "\uD83D\uDE00",
          "\uD800",
          "0",
          "-1",
          "1e999",
          ".inf",
          "custom",
          "null",
          "~",
          "true",
          "/",
          "//",
          "month",
          "$",
          "9223372036854775808",
          "tiers:",
          "free:",
          ": ",
          ", ",
          "---",
          "...",
          "<<: ");

  @Test
  void parse_ofAnyMutation_loadsOrIsRefusedWithFaults() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String name = "tiers.yml";
    TierCatalog.parse(name, GOOD);
    long start = System.nanoTime();
    int loaded = 0;
    for (int i = 0; i < 1500; i++) {
      String file = mutated(random);
      try {
        TierCatalog catalog = TierCatalog.parse(i % 10 == 0 ? "tiers.json" : name, file);
        assertThat(catalog.describe()).isNotEmpty();
        loaded++;
      } catch (TierFaultsException e) {
        assertThat(e.faults()).isNotEmpty();
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ", file:\n" + file, e);
      }
    }
    assertThat(loaded).describedAs("seed %d", seed).isBetween(30, 1470);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void with_anyValue_isTakenOrRefusedWithFaults() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Tier tier = TierCatalog.parse("tiers.yml", GOOD).tiers().get(1);
    List<String> properties =
        List.of(
            "price",
            "included_calls",
            "rate_limit",
            "rate_limits.slow",
            "concurrency",
            "overage",
            "overage.tokens",
            "quotas.tokens",
            "prices.pages",
            "features.x",
            "x",
            "a.b",
            ".",
            "");
    for (int i = 0; i < 5000; i++) {
      StringBuilder value = new StringBuilder(List.of("", "10", "$1", "7").get(random.nextInt(4)));
      for (int j = random.nextInt(3); j >= 0; j--) {
        value.append(BITS.get(random.nextInt(BITS.size())));
      }
      String property = properties.get(random.nextInt(properties.size()));
      try {
        assertThat(tier.with(Map.of(property, value.toString()))).isNotNull();
      } catch (TierFaultsException e) {
        assertThat(e.faults()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + property + "=" + value, e);
      }
    }
  }

  private static String mutated(Random random) {
    StringBuilder file = new StringBuilder(GOOD);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(file.length());
      int end = Math.min(file.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> file.insert(at, BITS.get(random.nextInt(BITS.size())));
        case 1 -> file.delete(at, end);
        case 2 -> file.insert(random.nextInt(file.length()), file.substring(at, end));
        default -> file.replace(at, Math.min(file.length(), at + 1), bit(random));
      }
    }
    return file.toString();
  }

  private static String bit(Random random) {
    return random.nextBoolean()
        ? BITS.get(random.nextInt(BITS.size()))
        : String.valueOf((char) random.nextInt(0x300));
  }
}
