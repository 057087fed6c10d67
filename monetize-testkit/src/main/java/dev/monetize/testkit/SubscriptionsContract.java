// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.identity.Subscription;
import dev.monetize.identity.Subscription.Status;
import dev.monetize.identity.Subscriptions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Subscriptions} must do. Extend it and say how yours are opened, as in {@link
 * CustomerStoreContract}.
 */
public abstract class SubscriptionsContract {

  private static final Subscription PRO =
      new Subscription(
          "acme",
          "pro",
          "free",
          Status.SUSPENDED,
          Instant.parse("2026-01-14T10:00:00.123456789Z"),
          Map.of("rate_limit", "500/min", "support", "a \"b\" \\ 🙂"),
          "sub_1",
          List.of(
              new Subscription.Former(
                  "free", null, Map.of(), Instant.parse("2026-01-14T10:00:00Z")),
              new Subscription.Former(
                  "pro",
                  "basic",
                  Map.of("price", "9/month"),
                  Instant.parse("2026-02-01T00:00:00.5Z"))));

  private @Nullable Subscriptions opened;

  /** Makes the contract's instance; called before each test. */
  protected SubscriptionsContract() {}

  /**
   * Opens them: none the first time in a test, and then again as after a restart. Closed before
   * they are opened again, and after the test, if they are {@link AutoCloseable}.
   */
  protected abstract Subscriptions open();

  @BeforeEach
  final void begin() {
    opened = open();
  }

  @AfterEach
  final void end() throws Exception {
    if (opened instanceof AutoCloseable subscriptions) {
      subscriptions.close();
    }
  }

  private Subscriptions subscriptions() {
    return Objects.requireNonNull(opened);
  }

  private void restart() throws Exception {
    end();
    begin();
  }

  private List<Subscription> all() {
    try (Stream<Subscription> all = subscriptions().all()) {
      return all.toList();
    }
  }

  @Test
  void unknown_isEmpty() {
    assertThat(subscriptions().find("nobody")).isEmpty();
    assertThat(all()).isEmpty();
  }

  @Test
  void subscription_isThereAfterARestart() throws Exception {
    Subscription plain = Subscription.to("free", "other");
    subscriptions().put(PRO);
    subscriptions().put(plain);

    for (int i = 0; i < 2; i++) {
      assertThat(subscriptions().find("acme")).contains(PRO);
      assertThat(subscriptions().find("other")).contains(plain);
      assertThat(all()).containsExactlyInAnyOrder(PRO, plain);
      restart();
    }
  }

  @Test
  void subscription_isReplacedByAnother() throws Exception {
    subscriptions().put(PRO);
    subscriptions().put(PRO.withTier("free").withAnchor(null).withOverrides(Map.of()));

    restart();

    Subscription expected =
        new Subscription(
            "acme", "free", null, Status.SUSPENDED, null, Map.of(), "sub_1", PRO.former());
    assertThat(subscriptions().find("acme")).contains(expected);
    assertThat(all()).containsExactly(expected);
  }

  @Test
  void addedSubscription_isNotReplacedByAnother() throws Exception {
    assertThat(subscriptions().add(PRO)).isTrue();
    assertThat(subscriptions().add(Subscription.to("free", "acme"))).isFalse();

    restart();

    assertThat(subscriptions().add(Subscription.to("free", "acme"))).isFalse();
    assertThat(subscriptions().find("acme")).contains(PRO);
    assertThat(all()).containsExactly(PRO);
  }

  @Test
  void replacedSubscription_isThere_unlessItHasBecomeAnother() throws Exception {
    Subscription free = PRO.withTier("free");
    assertThat(subscriptions().replace(PRO, free)).as("there is none").isFalse();
    assertThat(subscriptions().find("acme")).isEmpty();
    subscriptions().put(PRO);

    assertThat(subscriptions().replace(free, PRO)).as("there is another").isFalse();
    assertThat(subscriptions().replace(PRO, free)).isTrue();
    assertThat(subscriptions().replace(PRO, PRO.withTier("max"))).isFalse();
    restart();

    assertThat(subscriptions().find("acme")).contains(free);
    assertThat(all()).containsExactly(free);
  }

  @Test
  void changesAtOnce_areAllMade() {
    Subscriptions store = subscriptions();
    store.put(Subscription.to("free", "acme").withOverrides(Map.of("count", "0")));
    int changes = 200;
    IntStream.range(0, changes).parallel().forEach(i -> count(store));

    assertThat(store.find("acme").orElseThrow().overrides())
        .containsEntry("count", Integer.toString(changes));
  }

  private static void count(Subscriptions store) {
    Subscription present;
    Subscription next;
    do {
      present = store.find("acme").orElseThrow();
      int count = Integer.parseInt(present.overrides().get("count"));
      next = present.withOverrides(Map.of("count", Integer.toString(count + 1)));
    } while (!store.replace(present, next));
  }

  @Test
  void subscriptionsAddedAtOnce_oneIsThere() {
    Subscriptions store = subscriptions();
    for (int round = 0; round < 20; round++) {
      String customer = "acme-" + round;

      List<Subscription> added =
          IntStream.range(0, 8)
              .parallel()
              .mapToObj(i -> Subscription.to("tier-" + i, customer))
              .filter(store::add)
              .toList();

      assertThat(added).hasSize(1);
      assertThat(store.find(customer)).contains(added.get(0));
    }
  }

  @Test
  void idsOfAnyCharacters_areKeptApart() {
    List<Subscription> put =
        Stream.of("a", "A", "{a}", "a}", "a:b", "a:", "%7d", "*", "?", "[a]", "\\", "a\"b")
            .map(id -> Subscription.to("tier " + id, id))
            .toList();
    put.forEach(subscriptions()::put);

    put.forEach(one -> assertThat(subscriptions().find(one.customer())).contains(one));
    assertThat(all()).containsExactlyInAnyOrderElementsOf(put);
  }

  @Test
  void all_tellsEachOnce() {
    List<Subscription> put =
        IntStream.range(0, 1_500).mapToObj(i -> Subscription.to("free", "c" + i)).toList();
    put.forEach(subscriptions()::put);

    assertThat(all()).containsExactlyInAnyOrderElementsOf(put);
  }
}
