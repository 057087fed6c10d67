// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.AccountFile;
import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Customer;
import dev.monetize.identity.CustomerStore;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.KeyOwner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key is replaced once. */
class KeyRotationTest {

  @TempDir private Path data;
  private AccountFile file;
  private Bench bench;
  private Runnable elsewhere = () -> {};

  @BeforeEach
  void open() {
    file = AccountFile.open(data.resolve("shared"));
    Shared shared = new Shared();
    bench = new Bench(data, Bench.TIERS, builder -> builder.customers(shared).subscriptions(file));
    bench.customer("acme", "free");
  }

  @AfterEach
  void close() {
    bench.close();
    file.close();
  }

  /** A store in which another instance changes something in the middle of what we change. */
  private final class Shared implements CustomerStore {

    @Override
    public Optional<KeyOwner> find(KeyHash hash) {
      return file.find(hash);
    }

    @Override
    public Optional<Customer> customer(String id) {
      return file.customer(id);
    }

    @Override
    public List<ApiKey> keys(String customer) {
      return file.keys(customer);
    }

    @Override
    public Optional<ApiKey> key(String id) {
      return file.key(id);
    }

    @Override
    public void put(Customer customer) {
      file.put(customer);
    }

    @Override
    public void put(ApiKey key) {
      file.put(key);
    }

    @Override
    public boolean add(Customer customer) {
      return file.add(customer);
    }

    @Override
    public boolean add(ApiKey key) {
      return file.add(key);
    }

    @Override
    public boolean replace(ApiKey present, ApiKey next) {
      Runnable first = elsewhere;
      elsewhere = () -> {};
      first.run();
      return file.replace(present, next);
    }
  }

  private ApiKey only() {
    return bench.monetizer.accounts().keys("acme").get(0);
  }

  /** Its end is not an expiry that a second new key could take over. */
  @Test
  void keyInItsOverlap_isNotRotatedAgain_butTheOneThatTookItsPlace() {
    Accounts accounts = bench.monetizer.accounts();
    String id = only().id();
    ApiKey second = accounts.rotateKey(id, Duration.ofHours(1)).key();

    assertThatThrownBy(() -> accounts.rotateKey(id, Duration.ofDays(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "key \"%s\" was rotated before, and is valid until %s: rotate \"%s\", which took its"
                + " place",
            id, bench.now.plus(Duration.ofHours(1)), second.id());

    ApiKey third = accounts.rotateKey(second.id(), Duration.ofHours(1)).key();
    assertThat(third.validUntil()).isNull();
    assertThat(accounts.keys("acme"))
        .extracting(ApiKey::successor)
        .containsExactlyInAnyOrder(second.id(), third.id(), null);
  }

  @Test
  void keyThatTwoInstancesRotate_isReplacedOnce_andTheOtherNewKeyIsGoodForNothing() {
    ApiKey old = only();
    elsewhere =
        () -> file.replace(old, old.withSuccessor("key_other", bench.now.plusSeconds(3600)));

    assertThatThrownBy(() -> bench.monetizer.accounts().rotateKey(old.id(), Duration.ofDays(1)))
        .hasMessageContaining("rotate \"key_other\", which took its place");

    assertThat(file.key(old.id()).orElseThrow().successor()).isEqualTo("key_other");
    assertThat(bench.monetizer.accounts().keys("acme"))
        .filteredOn(key -> !key.id().equals(old.id()))
        .singleElement()
        .satisfies(
            key -> {
              assertThat(key.revoked()).isTrue();
              assertThat(key.validUntil()).isEqualTo(bench.now);
            });
  }
}
