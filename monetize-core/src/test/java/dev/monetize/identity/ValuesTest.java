// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.Subscription.Status;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

  private static final KeyHash HASH = new KeyHash(0xab12cd34ef560000L, 2, 3, 4);
  private static final Instant NOW = Instant.parse("2026-01-14T10:00:00Z");

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\nb", "é", "a\0", "a\t"})
  void id_ofOtherCharacters_isRefused(String id) {
    assertThatThrownBy(() -> new Customer(id, "")).hasMessageStartingWith("customer id must be");
    assertThatThrownBy(() -> new ApiKey(id, "c", HASH, "", NOW, null))
        .hasMessageStartingWith("key id must be");
    assertThatThrownBy(() -> new ApiKey("k", id, HASH, "", NOW, null))
        .hasMessageStartingWith("customer id must be");
    assertThatThrownBy(() -> Subscription.to("pro", id))
        .hasMessageStartingWith("customer id must be");
    assertThatThrownBy(() -> KeyOwner.of(id, HASH)).hasMessageStartingWith("customer id must be");
  }

  @Test
  void id_hasUpTo128Characters() {
    assertThat(new Customer("auth0|aZ09/._:@-", "").id()).isEqualTo("auth0|aZ09/._:@-");
    assertThat(new Customer("x".repeat(128), "").id()).hasSize(128);
    assertThatThrownBy(() -> new Customer("x".repeat(129), ""))
        .hasMessage(
            "customer id must be 1 to 128 visible ASCII characters, without spaces, got \"%s…\"",
            "x".repeat(60));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb", "a\tb", "a\u2028b", "a\u0085b", "a\ud800", "\udc00a"})
  void name_withControlCharacters_isRefusedAndNotRepeatedRaw(String name) {
    assertThatThrownBy(() -> new Customer("c", name))
        .hasMessageStartingWith("customer name must have no control characters")
        .satisfies(e -> assertThat(e.getMessage()).matches("\\P{Cntrl}*\\\\u[0-9a-f]{4}.*"));
  }

  @Test
  void name_hasUpTo200Characters() {
    assertThat(new Customer("c", "Zoë & Söhne 🙂").name()).isEqualTo("Zoë & Söhne 🙂");
    assertThatThrownBy(() -> new Customer("c", "n".repeat(201)))
        .hasMessage("customer name must have at most 200 characters, got 201");
    assertThatThrownBy(() -> new ApiKey("k", "c", HASH, "l".repeat(201), NOW, null))
        .hasMessage("key label must have at most 200 characters, got 201");
  }

  @Test
  void owner_ofHash_isNamedByIt() {
    assertThat(KeyOwner.of("acme", HASH)).isEqualTo(new KeyOwner("acme", "ab12cd34ef", null));
  }

  @Test
  void keyId_isRandom() {
    SecureRandom random = new SecureRandom();

    assertThat(ApiKey.randomId(random, MonetizeKeys.Mode.LIVE)).matches("key_[0-9A-Za-z]{12}");
    String test = ApiKey.randomId(random, MonetizeKeys.Mode.TEST);
    assertThat(test).matches("key_test_[0-9A-Za-z]{12}");
    assertThat(ApiKey.randomId(random, MonetizeKeys.Mode.TEST)).isNotEqualTo(test);
  }

  @Test
  void subscription_isCopiedWithOneThingChanged() {
    Subscription one = Subscription.to("free", "acme");
    Subscription other =
        one.withTier("pro")
            .withStatus(Status.SUSPENDED)
            .withAnchor(NOW)
            .withOverrides(Map.of("rate_limit", "500/min"));

    assertThat(other)
        .isEqualTo(
            new Subscription(
                "acme", "pro", Status.SUSPENDED, NOW, Map.of("rate_limit", "500/min"), null));
    assertThat(one).isEqualTo(Subscription.to("free", "acme"));
  }

  @Test
  void subscription_outOfBounds_isRefused() {
    Subscription one = Subscription.to("free", "acme");
    Map<String, String> many =
        IntStream.range(0, 101).boxed().collect(Collectors.toMap(i -> "o" + i, i -> "1"));

    assertThatThrownBy(() -> one.withOverrides(many))
        .hasMessage("a subscription has at most 100 overrides, got 101");
    assertThatThrownBy(() -> one.withOverrides(Map.of("rate_limit", "v".repeat(1_001))))
        .hasMessage("override \"rate_limit\" must have at most 1000 characters, got 1001");
    assertThatThrownBy(() -> one.withTier(" "))
        .hasMessage("tier must not be blank (customer \"acme\")");
  }

  @Test
  void revocation_endsAKeyThatIsValid_andNoOther() {
    ApiKey key = new ApiKey("k", "c", HASH, "", NOW, NOW.plusSeconds(9));
    ApiKey revoked = key.revokedAt(NOW.plusSeconds(8));
    assertThat(revoked.validUntil()).isEqualTo(NOW.plusSeconds(8));
    assertThat(revoked.revoked()).isTrue();
    assertThat(revoked.revokedAt(NOW.plusSeconds(8))).isEqualTo(revoked);
    assertThat(key.revokedAt(NOW.plusSeconds(9))).isEqualTo(key);
    assertThat(revoked.withValidUntil(null).revoked()).isFalse();
    assertThat(revoked.withHash(HASH)).isEqualTo(revoked);
    assertThatThrownBy(() -> new ApiKey("k", "c", HASH, "", NOW, null, true, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("validUntil of a key that was revoked");
  }

  @Test
  void rotatedKey_endsAtItsOwnEndIfThatIsSooner_andKnowsItsSuccessor() {
    ApiKey key = new ApiKey("k", "c", HASH, "", NOW, NOW.plusSeconds(9));
    assertThat(key.withSuccessor("k2", NOW.plusSeconds(99)).validUntil())
        .isEqualTo(NOW.plusSeconds(9));
    ApiKey rotated = key.withSuccessor("k2", NOW.plusSeconds(5));
    assertThat(rotated.validUntil()).isEqualTo(NOW.plusSeconds(5));
    assertThat(rotated.successor()).isEqualTo("k2");
    assertThat(rotated.withHash(HASH)).isEqualTo(rotated);
    assertThat(rotated.revokedAt(NOW).successor()).isEqualTo("k2");
    assertThat(rotated.withValidUntil(null).successor()).isNull();
    assertThatThrownBy(() -> new ApiKey("k", "c", HASH, "", NOW, null, false, "k2"))
        .hasMessage("validUntil of a key that was rotated");
    assertThatThrownBy(() -> key.withSuccessor("k 2", NOW)).hasMessageContaining("key id");
  }

  @Test
  void subscription_inPlaceOfAnother_remembersWhatItWas_ofTheLast400Days() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    Subscription free = Subscription.to("free", "acme");

    Subscription pro = free.withTier("pro").inPlaceOf(free, start);
    Subscription same = pro.withAnchor(start).inPlaceOf(pro, start.plusSeconds(1));
    Subscription own =
        same.withOverrides(Map.of("price", "9/month"))
            .inPlaceOf(same, start.plus(Duration.ofDays(1)));
    Subscription later = own.withTier("max").inPlaceOf(own, start.plus(Duration.ofDays(401)));

    Subscription.Former first = new Subscription.Former("free", null, Map.of(), start);
    assertThat(free.former()).isEmpty();
    assertThat(same.former()).containsExactly(first);
    assertThat(own.former())
        .containsExactly(
            first, new Subscription.Former("pro", null, Map.of(), start.plus(Duration.ofDays(1))));
    assertThat(later.former())
        .extracting(Subscription.Former::overrides)
        .containsExactly(Map.of(), Map.of("price", "9/month"));
  }

  @Test
  void fallback_isInForce_untilTheTierIsOrAnotherIsGiven() {
    Subscription pro = Subscription.to("pro", "acme");
    Subscription owed = pro.withFallback("free").inPlaceOf(pro, NOW);

    assertThat(pro.inForce()).isEqualTo("pro");
    assertThat(owed.inForce()).isEqualTo("free");
    assertThat(owed.tier()).isEqualTo("pro");
    assertThat(owed.withAnchor(NOW).withOverrides(Map.of("a", "b")).inForce()).isEqualTo("free");
    assertThat(owed.withStatus(Status.SUSPENDED).inForce()).isEqualTo("free");
    assertThat(owed.withFallback(null).inPlaceOf(owed, NOW.plusSeconds(9)).former())
        .containsExactly(
            new Subscription.Former("pro", null, Map.of(), NOW),
            new Subscription.Former("pro", "free", Map.of(), NOW.plusSeconds(9)));
    assertThat(owed.withTier("max").inForce()).isEqualTo("max");
    assertThat(owed.withTier("pro").inForce()).isEqualTo("free");
    assertThatThrownBy(() -> pro.withFallback("pro"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a tier is no fallback for itself: \"pro\"");
  }

  @Test
  void subscription_remembersNoMoreThan50Changes() {
    Subscription subscription = Subscription.to("t0", "acme");
    for (int i = 1; i <= 60; i++) {
      subscription = subscription.withTier("t" + i).inPlaceOf(subscription, Instant.EPOCH);
    }

    assertThat(subscription.former())
        .hasSize(Subscription.MOST_FORMER)
        .extracting(Subscription.Former::tier)
        .startsWith("t10")
        .endsWith("t59");
  }
}
