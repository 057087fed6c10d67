// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountTextTest {

  private static final Instant CREATED = Instant.parse("2026-01-14T10:00:00.123456789Z");

  @Test
  void texts_areReadBackAsTheyWere() {
    Customer customer = new Customer("acme", "Acme \"& Söhne\" \\ 🙂");
    ApiKey key = new ApiKey("key_1", "acme", new KeyHash(1, -2, 3, -4), "main", CREATED, null);
    Subscription subscription =
        new Subscription(
            "acme", "pro", Subscription.Status.SUSPENDED, CREATED, Map.of("a", "b"), "sub_1");

    assertThat(AccountText.customer(AccountText.of(customer))).isEqualTo(customer);
    assertThat(AccountText.key(AccountText.of(key))).isEqualTo(key);
    assertThat(AccountText.key(AccountText.of(key.revokedAt(CREATED))))
        .isEqualTo(key.revokedAt(CREATED));
    assertThat(AccountText.subscription(AccountText.of(subscription))).isEqualTo(subscription);
    Subscription changed = subscription.withTier("max").inPlaceOf(subscription, CREATED);
    assertThat(AccountText.subscription(AccountText.of(changed))).isEqualTo(changed);
    assertThat(AccountText.of(changed))
        .endsWith(
            "\"former\":[{\"tier\":\"pro\",\"overrides\":{\"a\":\"b\"},"
                + "\"until\":\"2026-01-14T10:00:00.123456789Z\"}]}");
  }

  @Test
  void text_isOneLine() {
    assertThat(AccountText.of(new Customer("acme", "Acme")))
        .isEqualTo("{\"id\":\"acme\",\"name\":\"Acme\"}");
  }

  @Test
  void textOfSomethingElse_isRefused() {
    assertThatThrownBy(() -> AccountText.customer("{\"id\":\"acme\""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("it is not JSON: ");
    assertThatThrownBy(() -> AccountText.customer("{\"id\":\"acme\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field \"name\" is missing");
    assertThatThrownBy(() -> AccountText.customer("{\"id\":\"a\",\"name\":\"\",\"new\":1}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field \"new\" is unknown: use the newer Monetize that wrote it");
  }
}
