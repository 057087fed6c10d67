// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.tier.TierCatalog;
import org.junit.jupiter.api.Test;

final class LookupKeysTest {

  private final LookupKeys keys = new LookupKeys("acme");
  private final TierCatalog catalog = TierCatalog.parse("tiers.yml", TestTiers.TEXT);

  @Test
  void keys_ofATier_areBaseAndMeters() {
    assertThat(keys.of(catalog.tier("pro").orElseThrow()))
        .containsExactly("acme.pro.base", "acme.pro.calls");
    assertThat(keys.of(catalog.tier("free").orElseThrow())).isEmpty();
  }

  @Test
  void tier_isReadFromAKey() {
    assertThat(keys.tier("acme.pro.base", catalog)).contains("pro");
    assertThat(keys.tier("acme.max.calls", catalog)).contains("max");
    for (String other :
        new String[] {"", "acme", "acme.", "acme.pro", "acme.gold.base", "other.pro.base", "pro"}) {
      assertThat(keys.tier(other, catalog)).as(other).isEmpty();
    }
  }

  @Test
  void whatWouldBeAmbiguous_isRefused() {
    assertThatThrownBy(() -> new LookupKeys("a.b"))
        .hasMessage("prefix must be 1 to 40 of A-Z, a-z, 0-9, _ and -, got \"a.b\"");
    assertThatThrownBy(() -> keys.meter("pro", "base"))
        .hasMessage("a meter named \"base\" cannot have a price at Stripe (tier \"pro\")");
  }
}
