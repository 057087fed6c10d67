// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Customer;
import dev.monetize.identity.CustomerStore;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.KeyOwner;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link CustomerStore} must do. Extend it and say how yours is opened:
 *
 * <pre>{@code
 * class TableOfCustomersTest extends CustomerStoreContract {
 *   private final Database database = Database.inMemory();
 *
 *   @Override
 *   protected CustomerStore open() {
 *     return new TableOfCustomers(database);
 *   }
 * }
 * }</pre>
 */
public abstract class CustomerStoreContract {

  private static final int THREADS = 8;
  private static final Instant CREATED = Instant.parse("2026-01-14T10:00:00.123456789Z");
  private static final Customer ACME = new Customer("acme", "Acme \"& Söhne\" \\ 🙂");
  private static final ApiKey KEY = key("key_1", "acme", 1);

  private @Nullable CustomerStore opened;

  /** Makes the contract's instance; called before each test. */
  protected CustomerStoreContract() {}

  /**
   * Opens the store: empty the first time in a test, and then again as after a restart. Closed
   * before it is opened again, and after the test, if it is {@link AutoCloseable}.
   */
  protected abstract CustomerStore open();

  @BeforeEach
  final void begin() {
    opened = open();
  }

  @AfterEach
  final void end() throws Exception {
    if (opened instanceof AutoCloseable store) {
      store.close();
    }
  }

  private CustomerStore store() {
    return Objects.requireNonNull(opened);
  }

  private void restart() throws Exception {
    end();
    begin();
  }

  private static ApiKey key(String id, String customer, long hash) {
    return new ApiKey(id, customer, new KeyHash(hash, -2, 3, -4), "label", CREATED, null);
  }

  private static KeyOwner owner(ApiKey key) {
    return new KeyOwner(key.customer(), key.id(), key.validUntil());
  }

  @Test
  void unknown_isEmpty() {
    assertThat(store().customer("nobody")).isEmpty();
    assertThat(store().key("key_0")).isEmpty();
    assertThat(store().keys("nobody")).isEmpty();
    assertThat(store().find(KEY.hash())).isEmpty();
  }

  @Test
  void customer_isThereAfterARestart() throws Exception {
    store().put(ACME);
    assertThat(store().customer("acme")).contains(ACME);

    restart();

    assertThat(store().customer("acme")).contains(ACME);
  }

  @Test
  void customer_isReplacedByAnother() throws Exception {
    store().put(ACME);
    store().put(new Customer("acme", ""));

    restart();

    assertThat(store().customer("acme")).contains(new Customer("acme", ""));
  }

  @Test
  void key_isFoundByHashIdAndCustomer() throws Exception {
    ApiKey expiring = key("key_2", "acme", 2).withValidUntil(CREATED.plusNanos(1));
    store().put(KEY);
    store().put(expiring);

    for (int i = 0; i < 2; i++) {
      assertThat(store().find(KEY.hash())).contains(owner(KEY));
      assertThat(store().find(expiring.hash())).contains(owner(expiring));
      assertThat(store().key("key_1")).contains(KEY);
      assertThat(store().key("key_2")).contains(expiring);
      assertThat(store().keys("acme")).containsExactly(KEY, expiring);
      restart();
    }
  }

  @Test
  void idsOfAnyCharacters_areKeptApart() {
    List<String> ids =
        List.of("a", "A", "{a}", "a}", "a:b", "a:", "%7d", "a%7d", "*", "?", "[a]", "\\", "a\"b");
    for (int i = 0; i < ids.size(); i++) {
      store().put(new Customer(ids.get(i), "name " + i));
      store().put(key("key" + ids.get(i), ids.get(i), i));
    }

    for (int i = 0; i < ids.size(); i++) {
      ApiKey expected = key("key" + ids.get(i), ids.get(i), i);
      assertThat(store().customer(ids.get(i)).orElseThrow().name()).isEqualTo("name " + i);
      assertThat(store().keys(ids.get(i))).containsExactly(expected);
      assertThat(store().key("key" + ids.get(i))).contains(expected);
    }
  }

  @Test
  void keys_areOldestFirst() {
    List<Integer> order = List.of(3, 1, 4, 2, 5);
    for (int n : order) {
      store().put(new ApiKey("k" + n, "acme", new KeyHash(n, 0, 0, 0), "", at(n), null));
    }
    store().put(key("key_9", "other", 9));

    assertThat(store().keys("acme"))
        .extracting(ApiKey::id)
        .containsExactly("k1", "k2", "k3", "k4", "k5");
  }

  private static Instant at(int seconds) {
    return CREATED.plusSeconds(seconds);
  }

  @Test
  void revokedKey_staysAsThat() throws Exception {
    ApiKey revoked = KEY.withSuccessor("key_2", at(90)).revokedAt(at(60));
    store().put(KEY);
    store().put(revoked);

    for (int i = 0; i < 2; i++) {
      assertThat(store().find(KEY.hash())).contains(owner(revoked));
      assertThat(store().key("key_1")).contains(revoked);
      assertThat(store().keys("acme")).containsExactly(revoked);
      restart();
    }
  }

  @Test
  void sameKeyAgain_changesNothing() {
    store().put(KEY);
    store().put(KEY);

    assertThat(store().keys("acme")).containsExactly(KEY);
    assertThat(store().find(KEY.hash())).contains(owner(KEY));
  }

  @Test
  void keyUnderAnotherHash_isFoundUnderThatOnly() throws Exception {
    ApiKey moved = KEY.withHash(new KeyHash(7, 7, 7, 7));
    store().put(KEY);
    store().put(moved);

    for (int i = 0; i < 2; i++) {
      assertThat(store().find(moved.hash())).contains(owner(moved));
      assertThat(store().find(KEY.hash())).isEmpty();
      assertThat(store().key("key_1")).contains(moved);
      assertThat(store().keys("acme")).containsExactly(moved);
      restart();
    }
  }

  @Test
  void keyThatMovesBack_isFound() {
    store().put(KEY);
    store().put(KEY.withHash(new KeyHash(7, 7, 7, 7)));
    store().put(KEY);

    assertThat(store().find(KEY.hash())).contains(owner(KEY));
    assertThat(store().find(new KeyHash(7, 7, 7, 7))).isEmpty();
  }

  @Test
  void hashThatAKeyLeft_isFreeForAnother() {
    ApiKey other = key("key_2", "other", 1);
    store().put(KEY);
    store().put(KEY.withHash(new KeyHash(7, 7, 7, 7)));
    store().put(other);

    assertThat(store().find(KEY.hash())).contains(owner(other));
    store().put(KEY.withHash(new KeyHash(8, 8, 8, 8)));
    assertThat(store().find(other.hash())).contains(owner(other));
  }

  @Test
  void key_neverChangesHands() {
    store().put(KEY);

    assertThatThrownBy(() -> store().put(key("key_1", "evil", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key \"key_1\" is customer \"acme\"'s and can't become customer \"evil\"'s");
    assertThatThrownBy(() -> store().put(key("key_1", "evil", 2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store().key("key_1")).contains(KEY);
    assertThat(store().find(KEY.hash())).contains(owner(KEY));
    assertThat(store().find(new KeyHash(2, -2, 3, -4))).isEmpty();
    assertThat(store().keys("evil")).isEmpty();
  }

  @Test
  void key_hasItsHashAlone() {
    ApiKey second = key("key_2", "acme", 2);
    store().put(KEY);
    store().put(second);

    assertThatThrownBy(() -> store().put(key("key_3", "acme", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key \"key_3\" has the hash of key \"key_1\"");
    assertThatThrownBy(() -> store().put(second.withHash(KEY.hash())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key \"key_2\" has the hash of key \"key_1\"");
    assertThat(store().key("key_3")).isEmpty();
    assertThat(store().keys("acme")).containsExactly(KEY, second);
    assertThat(store().find(KEY.hash())).contains(owner(KEY));
    assertThat(store().find(second.hash())).contains(owner(second));
  }

  @Test
  void keysPutAtOnce_areAllThere() throws Exception {
    List<ApiKey> keys = IntStream.range(0, 64).mapToObj(i -> key("k" + i, "acme", i)).toList();

    atOnce(keys.stream().map(key -> putting(key)).toList());

    assertThat(store().keys("acme")).containsExactlyInAnyOrderElementsOf(keys);
    keys.forEach(key -> assertThat(store().find(key.hash())).contains(owner(key)));
  }

  @Test
  void keysOfOneHashPutAtOnce_oneHasIt() throws Exception {
    for (int round = 0; round < 20; round++) {
      int hash = round;
      List<ApiKey> keys =
          IntStream.range(0, THREADS)
              .mapToObj(i -> key("k" + hash + "-" + i, "acme-" + hash, hash))
              .toList();

      long put = atOnce(keys.stream().map(key -> putting(key)).toList());

      assertThat(put).isOne();
      assertThat(store().keys("acme-" + hash)).hasSize(1);
      assertThat(store().find(keys.get(0).hash()).orElseThrow().key())
          .isEqualTo(store().keys("acme-" + hash).get(0).id());
    }
  }

  @Test
  void keyMovedAndRevokedAtOnce_isInOneStateEverywhere() throws Exception {
    for (int round = 0; round < 50; round++) {
      ApiKey key = key("k" + round, "acme", 2L * round);
      ApiKey moved = key.withHash(new KeyHash(2L * round + 1, 0, 0, 0));
      ApiKey revoked = key.revokedAt(at(60));
      store().put(key);

      atOnce(List.of(putting(moved), putting(revoked)));

      ApiKey now = store().key(key.id()).orElseThrow();
      assertThat(now).isIn(moved, revoked);
      ApiKey other = now.equals(moved) ? revoked : moved;
      assertThat(store().find(now.hash())).contains(owner(now));
      assertThat(store().find(other.hash())).isEmpty();
    }
  }

  @Test
  void addedCustomer_isNotReplacedByAnother() throws Exception {
    assertThat(store().add(ACME)).isTrue();
    assertThat(store().add(new Customer("acme", "other"))).isFalse();

    restart();

    assertThat(store().add(new Customer("acme", "other"))).isFalse();
    assertThat(store().customer("acme")).contains(ACME);
  }

  @Test
  void customersOfOneIdAddedAtOnce_oneIsThere() throws Exception {
    CustomerStore store = store();
    for (int round = 0; round < 20; round++) {
      String id = "acme-" + round;
      List<Customer> added = new CopyOnWriteArrayList<>();

      long done =
          atOnce(
              IntStream.range(0, THREADS)
                  .mapToObj(i -> new Customer(id, "name " + i))
                  .map(one -> adding(() -> store.add(one), () -> added.add(one)))
                  .toList());

      assertThat(done).isOne();
      assertThat(store.customer(id)).contains(added.get(0));
    }
  }

  @Test
  void addedKey_isFound_andNotReplacedByAnother() throws Exception {
    assertThat(store().add(KEY)).isTrue();

    for (int i = 0; i < 2; i++) {
      assertThat(store().add(KEY)).isFalse();
      assertThat(store().add(key("key_1", "acme", 2))).isFalse();
      assertThat(store().add(key("key_1", "evil", 3))).isFalse();
      assertThat(store().find(KEY.hash())).contains(owner(KEY));
      assertThat(store().find(key("key_1", "acme", 2).hash())).isEmpty();
      assertThat(store().keys("acme")).containsExactly(KEY);
      assertThat(store().keys("evil")).isEmpty();
      restart();
    }
  }

  @Test
  void revokedKey_isNotBroughtBackByAdding() throws Exception {
    ApiKey revoked = KEY.revokedAt(at(60));
    store().put(KEY);
    store().put(revoked);

    assertThat(store().add(KEY)).isFalse();
    assertThat(store().find(KEY.hash())).contains(owner(revoked));
    assertThat(store().key("key_1")).contains(revoked);
  }

  @Test
  void replacedKey_isThere_unlessItHasBecomeAnother() throws Exception {
    ApiKey expires = KEY.withValidUntil(at(60));
    ApiKey revoked = KEY.revokedAt(at(30));
    assertThat(store().replace(KEY, revoked)).as("there is none").isFalse();
    assertThat(store().find(KEY.hash())).isEmpty();
    store().put(KEY);

    assertThat(store().replace(expires, revoked)).as("there is another").isFalse();
    assertThat(store().replace(KEY, revoked)).isTrue();
    assertThat(store().replace(KEY, expires)).as("it is not brought back").isFalse();
    restart();

    assertThat(store().key("key_1")).contains(revoked);
    assertThat(store().find(KEY.hash())).contains(owner(revoked));
    store().put(expires);
    assertThat(store().key("key_1")).as("what is put counts after it").contains(expires);
  }

  @Test
  void keyReplacedAtOnce_isReplacedByOne() {
    CustomerStore store = store();
    for (int round = 0; round < 20; round++) {
      ApiKey key = key("k" + round, "acme", 1000 + round);
      store.put(key);

      List<ApiKey> made =
          IntStream.range(0, THREADS)
              .parallel()
              .mapToObj(i -> key.withValidUntil(at(60 + i)))
              .filter(next -> store.replace(key, next))
              .toList();

      assertThat(made).hasSize(1);
      assertThat(store.key(key.id())).contains(made.get(0));
    }
  }

  @Test
  void addedKey_hasItsHashAlone() {
    store().add(KEY);

    assertThatThrownBy(() -> store().add(key("key_3", "acme", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key \"key_3\" has the hash of key \"key_1\"");
    assertThat(store().keys("acme")).containsExactly(KEY);
  }

  @Test
  void keysOfOneIdAddedAtOnce_oneIsThere() throws Exception {
    CustomerStore store = store();
    for (int round = 0; round < 40; round++) {
      int first = round * THREADS;
      boolean ofOneHash = round % 2 == 0;
      String id = "k" + round;
      List<ApiKey> added = new CopyOnWriteArrayList<>();

      long done =
          atOnce(
              IntStream.range(0, THREADS)
                  .mapToObj(i -> key(id, "acme", ofOneHash ? first : first + i))
                  .map(one -> adding(() -> store.add(one), () -> added.add(one)))
                  .toList());

      assertThat(done).isOne();
      assertThat(store.key(id)).contains(added.get(0));
      assertThat(store.find(added.get(0).hash())).contains(owner(added.get(0)));
    }
  }

  @Test
  void keyAddedAndRevokedAtOnce_isRevoked() throws Exception {
    CustomerStore store = store();
    for (int round = 0; round < 50; round++) {
      ApiKey key = key("k" + round, "acme", round);
      ApiKey revoked = key.revokedAt(at(60));
      store.add(key);

      atOnce(List.of(putting(revoked), () -> store.add(key), () -> store.add(key)));

      assertThat(store.key(key.id())).contains(revoked);
      assertThat(store.find(key.hash())).contains(owner(revoked));
    }
  }

  private static Callable<Boolean> adding(BooleanSupplier add, Runnable added) {
    return () -> {
      boolean done = add.getAsBoolean();
      if (done) {
        added.run();
      }
      return done;
    };
  }

  private Callable<Boolean> putting(ApiKey key) {
    CustomerStore store = store();
    return () -> {
      try {
        store.put(key);
        return true;
      } catch (IllegalArgumentException e) {
        return false;
      }
    };
  }

  /** How many returned true. */
  private static long atOnce(List<Callable<Boolean>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      long done = 0;
      for (Future<Boolean> one : threads.invokeAll(work)) {
        done += one.get() ? 1 : 0;
      }
      return done;
    } finally {
      threads.shutdownNow();
    }
  }
}
