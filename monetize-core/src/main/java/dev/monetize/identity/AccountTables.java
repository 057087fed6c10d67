// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the account file says, in memory: read by anyone, changed by one writer at a time. */
final class AccountTables {

  private final Map<String, Customer> customers = new ConcurrentHashMap<>();
  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
  private final Map<String, ApiKey> keys = new ConcurrentHashMap<>();
  private final Map<KeyHash, ApiKey> keysByHash = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> keysOfCustomer = new ConcurrentHashMap<>();

  /**
   * That an entry fits to what is there.
   *
   * @throws IllegalArgumentException if not
   */
  void check(Entry entry) {
    if (!(entry instanceof ApiKey key)) {
      return;
    }
    ApiKey before = keys.get(key.id());
    if (before != null && !before.customer().equals(key.customer())) {
      throw new IllegalArgumentException(
          "key \"%s\" is customer \"%s\"'s and can't become customer \"%s\"'s"
              .formatted(key.id(), before.customer(), key.customer()));
    }
    ApiKey twin = keysByHash.get(key.hash());
    if (twin != null && !twin.id().equals(key.id())) {
      throw new IllegalArgumentException(
          "key \"%s\" has the hash of key \"%s\"".formatted(key.id(), twin.id()));
    }
  }

  /** Whether an entry stands there already, as it is. */
  boolean holds(Entry entry) {
    return entry.equals(present(entry));
  }

  /** The entry in whose place this one would stand, or null. */
  @Nullable Entry present(Entry entry) {
    if (entry instanceof Customer customer) {
      return customers.get(customer.id());
    } else if (entry instanceof ApiKey key) {
      return keys.get(key.id());
    }
    return subscriptions.get(((Subscription) entry).customer());
  }

  /** Takes an entry over; it has been {@linkplain #check checked}. */
  void apply(Entry entry) {
    if (entry instanceof Customer customer) {
      customers.put(customer.id(), customer);
    } else if (entry instanceof ApiKey key) {
      apply(key);
    } else if (entry instanceof Subscription subscription) {
      subscriptions.put(subscription.customer(), subscription);
    }
  }

  /** The new hash comes before the old one goes, so that a key being re-hashed is always found. */
  private void apply(ApiKey key) {
    ApiKey before = keys.put(key.id(), key);
    keysByHash.put(key.hash(), key);
    if (before != null && !before.hash().equals(key.hash())) {
      keysByHash.remove(before.hash());
    }
    keysOfCustomer
        .computeIfAbsent(key.customer(), unused -> ConcurrentHashMap.newKeySet())
        .add(key.id());
  }

  Optional<Customer> customer(String id) {
    return Optional.ofNullable(customers.get(id));
  }

  Optional<Subscription> subscription(String customer) {
    return Optional.ofNullable(subscriptions.get(customer));
  }

  Optional<ApiKey> key(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  Optional<ApiKey> key(KeyHash hash) {
    return Optional.ofNullable(keysByHash.get(hash));
  }

  Stream<ApiKey> allKeys() {
    return keys.values().stream();
  }

  List<ApiKey> keysOf(String customer) {
    return keysOfCustomer.getOrDefault(customer, Set.of()).stream()
        .flatMap(id -> key(id).stream())
        .sorted(Comparator.comparing(ApiKey::created).thenComparing(ApiKey::id))
        .toList();
  }

  Stream<Customer> customers() {
    return customers.values().stream();
  }

  Stream<Subscription> subscriptions() {
    return subscriptions.values().stream();
  }

  /** Everything, customers first. */
  Stream<Entry> all() {
    return Stream.of(customers.values(), keys.values(), subscriptions.values())
        .flatMap(entries -> entries.stream());
  }

  boolean holdsKeys() {
    return !keys.isEmpty();
  }

  long size() {
    return (long) customers.size() + keys.size() + subscriptions.size();
  }
}
