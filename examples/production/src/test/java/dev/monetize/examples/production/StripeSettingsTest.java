// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StripeSettingsTest {

  private static StripeSettings of(String secrets) {
    return StripeSettings.of(
        Map.of("STRIPE_API_KEY", "sk_test_1", "STRIPE_WEBHOOK_SECRET", secrets));
  }

  @Test
  void webhookSecrets_areOneOrSeveral() {
    assertThat(of("whsec_a").webhookSecrets()).containsExactly("whsec_a");
    assertThat(of("whsec_a, whsec_b,whsec_c\n").webhookSecrets())
        .containsExactly("whsec_a", "whsec_b", "whsec_c");
    assertThat(of("whsec_a,whsec_b").toString()).doesNotContain("whsec");
  }

  /** As of a variable that is not set: its events would be refused. */
  @ParameterizedTest
  @ValueSource(strings = {",whsec_a", "whsec_a,", "whsec_a, ,whsec_b", ","})
  void emptyWebhookSecret_isRefused(String secrets) {
    assertThatThrownBy(() -> of(secrets))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "STRIPE_WEBHOOK_SECRET must be one secret, or several with a comma between them: one is"
                + " empty");
  }

  @Test
  void flush_isOnTheHour_whereItIsBlank() {
    assertThat(flush("").flushEvery()).isEqualTo(Duration.ofHours(1));
    assertThat(flush(" ").flushEvery()).isEqualTo(Duration.ofHours(1));
    assertThat(flush("10").flushEvery()).isEqualTo(Duration.ofSeconds(10));
  }

  private static StripeSettings flush(String seconds) {
    return StripeSettings.of(
        Map.of("STRIPE_API_KEY", "sk_test_1", "STRIPE_FLUSH_SECONDS", seconds));
  }

  @Test
  void settings_tellOfTheSecretsWhatIsWrong_once() {
    Map<String, String> needed =
        Map.of(
            "REDIS_URL", "redis://localhost",
            "MONETIZE_PEPPER", "a pepper of tests",
            "MONETIZE_DEMO_SECRET", "a demo of tests",
            "STRIPE_API_KEY", "sk_test_1");
    assertThatThrownBy(() -> Settings.of(needed))
        .hasMessage(
            "STRIPE_WEBHOOK_SECRET is not set: the secrets of the webhook at Stripe,"
                + " whsec_...,whsec_...; the same in all instances");
  }
}
