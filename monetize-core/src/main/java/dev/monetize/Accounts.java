// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Customer;
import dev.monetize.identity.CustomerStore;
import dev.monetize.identity.Customers;
import dev.monetize.identity.IssuedKey;
import dev.monetize.identity.KeyFormat;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Subscription;
import dev.monetize.identity.Subscriptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Customers, their keys and what they have subscribed to. What a method did is durable when it
 * returns, and holds from the next call on. Thread-safe.
 *
 * <p>Where an app keeps customers or keys in tables of its own, the methods that would write them
 * say so with an {@link IllegalStateException}; subscriptions are always ours to change.
 */
public final class Accounts {

  private final Customers customers;
  private final Subscriptions subscriptions;
  private final KeyFormat format;
  private final Offers offers;
  private final Callers callers;
  private final NoticeWatch watch;
  private final Time time;
  private final SecureRandom random = new SecureRandom();

  private static final int MOST_TRIES = 1000;
  private static final Duration MOST_OVERLAP = Duration.ofDays(366);

  Accounts(
      Customers customers,
      Subscriptions subscriptions,
      KeyFormat format,
      Offers offers,
      Callers callers,
      NoticeWatch watch,
      Time time) {
    this.customers = customers;
    this.subscriptions = subscriptions;
    this.format = format;
    this.offers = offers;
    this.callers = callers;
    this.watch = watch;
    this.time = time;
  }

  /**
   * Creates a customer with a subscription.
   *
   * @throws IllegalArgumentException if there is such a customer already, or no such tier
   */
  public Customer createCustomer(String id, String name, String tier) {
    return changed(
        id,
        () -> {
          CustomerStore store = store();
          Customer customer = new Customer(id, name);
          Subscription subscription = checked(Subscription.to(tier, id));
          boolean subscribed = subscriptions.find(id).isPresent();
          boolean added = store.add(customer);
          // Of several instances at once, one adds the subscription; it is the one that creates.
          if (subscribed ? !added : !subscriptions.add(subscription)) {
            throw new IllegalArgumentException("there is a customer \"" + id + "\" already");
          }
          if (!added) {
            store.put(customer);
          }
          return customer;
        });
  }

  /** A customer by id. */
  public Optional<Customer> customer(String id) {
    return store().customer(id);
  }

  /** A customer's keys, those no longer valid among them, oldest first. */
  public List<ApiKey> keys(String customer) {
    return store().keys(customer);
  }

  /** A key by id. */
  public Optional<ApiKey> key(String id) {
    return store().key(id);
  }

  /** What a customer has subscribed to. */
  public Optional<Subscription> subscription(String customer) {
    return subscriptions.find(customer);
  }

  /** Issues a live key that does not expire. */
  public NewKey issueKey(String customer, String label) {
    return issueKey(customer, label, MonetizeKeys.Mode.LIVE, null);
  }

  /**
   * Issues a key. All keys of a customer share its allowance.
   *
   * @param label for people to read
   * @param validUntil when it expires, or null for never
   * @throws IllegalArgumentException if there is no such customer, or it would have expired already
   */
  public NewKey issueKey(
      String customer, String label, MonetizeKeys.Mode mode, @Nullable Instant validUntil) {
    return changed(
        customer,
        () -> {
          if (store().customer(customer).isEmpty()) {
            throw new IllegalArgumentException("there is no customer \"" + customer + "\"");
          }
          if (validUntil != null && !validUntil.isAfter(now())) {
            throw new IllegalArgumentException(
                "a key must expire in the future, got " + validUntil);
          }
          return issue(customer, label, mode, validUntil);
        });
  }

  /**
   * Replaces a key by a new one of the same mode, label and expiry; the old one stays valid for a
   * while, so that nobody's calls fail meanwhile. A key is replaced once: whoever has lost the new
   * key's secret rotates that.
   *
   * @param key id of the old key
   * @param overlap how long the old one stays valid, unless it expires before: its end is noticed
   *     like an expiry. Zero revokes it at once
   * @throws IllegalArgumentException if there is no such key, it is not valid any more, or it was
   *     rotated before; the message says which key took its place
   */
  public NewKey rotateKey(String key, Duration overlap) {
    if (overlap.isNegative() || overlap.compareTo(MOST_OVERLAP) > 0) {
      throw new IllegalArgumentException("overlap must be 0 to 366 days, got " + overlap);
    }
    return changed(
        existing(key).customer(),
        () -> {
          Instant now = now();
          ApiKey present = rotatable(existing(key), now);
          NewKey next =
              issue(present.customer(), present.label(), present.mode(), present.validUntil());
          try {
            replaceKey(key, old -> replaced(rotatable(old, now), next.key(), now, overlap));
          } catch (IllegalArgumentException e) {
            replaceKey(next.key().id(), unused -> unused.revokedAt(now));
            throw e;
          }
          return next;
        });
  }

  private static ApiKey replaced(ApiKey key, ApiKey next, Instant now, Duration overlap) {
    ApiKey old = overlap.isZero() ? key.revokedAt(now) : key;
    return old.withSuccessor(next.id(), now.plus(overlap));
  }

  private static ApiKey rotatable(ApiKey key, Instant now) {
    if (key.validUntil() != null && !key.validUntil().isAfter(now)) {
      throw new IllegalArgumentException(
          "key \"%s\" has not been valid since %s".formatted(key.id(), key.validUntil()));
    }
    if (key.successor() != null) {
      throw new IllegalArgumentException(
          "key \"%s\" was rotated before, and is valid until %s: rotate \"%s\", which took its place"
              .formatted(key.id(), key.validUntil(), key.successor()));
    }
    return key;
  }

  /**
   * Revokes a key: the next call with it is refused. That is no expiry: nobody is told.
   *
   * @throws IllegalArgumentException if there is no such key
   */
  public ApiKey revokeKey(String key) {
    ApiKey known = existing(key);
    return changed(known.customer(), () -> replaceKey(key, present -> present.revokedAt(now())));
  }

  /** Where another instance changes it too, what that one made of it is changed. */
  private ApiKey replaceKey(String key, UnaryOperator<ApiKey> change) {
    for (int left = MOST_TRIES; left > 0; left--) {
      ApiKey present = existing(key);
      ApiKey next = change.apply(present);
      if (next.equals(present) || store().replace(present, next)) {
        return next;
      }
    }
    throw new IllegalStateException("key \"" + key + "\" is being changed again and again");
  }

  /**
   * Moves a customer to another tier, which is in force. What it used of limits and quotas that
   * both have is kept; what it has to pay of either is told by {@link Monetizer#invoicePreview}.
   *
   * @throws IllegalArgumentException if there is no such tier, or the customer's own values are no
   *     good for it
   */
  public Subscription changeTier(String customer, String tier) {
    return change(customer, present -> present.withTier(tier));
  }

  /**
   * Sets values of a customer's own, in the words of the tier file, in place of all it had: {@code
   * Map.of("rate_limit", "500/min")}. While it has a fallback they wait for its own tier.
   *
   * @throws IllegalArgumentException if one of them is no good, with every fault
   */
  public Subscription override(String customer, Map<String, String> values) {
    return change(customer, present -> present.withOverrides(values));
  }

  /** Suspends a customer, or lifts the suspension. */
  public Subscription setStatus(String customer, Subscription.Status status) {
    return change(customer, present -> present.withStatus(status));
  }

  /** Sets when a customer's billing periods begin; null for the calendar. */
  public Subscription setAnchor(String customer, @Nullable Instant anchor) {
    return change(customer, present -> present.withAnchor(anchor));
  }

  /**
   * Subscribes a customer of an app's own user table, or replaces the subscription it has.
   *
   * @throws IllegalArgumentException if there is no such tier, or the values are no good for it
   */
  public Subscription subscribe(Subscription subscription) {
    return subscribed(subscription.customer(), present -> subscription);
  }

  /**
   * Changes what a customer has subscribed to, or subscribes it, in one step that nothing comes
   * between. What is as it was is not written.
   *
   * @param change from what the customer has, empty if that is nothing, to what it is to have; it
   *     must not block
   * @throws IllegalArgumentException if that is another customer's, there is no such tier, or the
   *     values are no good for it
   */
  public Subscription update(
      String customer, Function<Optional<Subscription>, Subscription> change) {
    Optional<Subscription> present = subscriptions.find(customer);
    if (present.isPresent() && isAsItWas(present.get(), change.apply(present))) {
      return present.get();
    }
    return subscribed(
        customer,
        before -> {
          Subscription next = change.apply(before);
          if (!next.customer().equals(customer)) {
            throw new IllegalArgumentException(
                "customer \"%s\" cannot have the subscription of \"%s\""
                    .formatted(customer, next.customer()));
          }
          return next;
        });
  }

  private boolean isAsItWas(Subscription present, Subscription next) {
    return next.inPlaceOf(present, now()).equals(present);
  }

  private Subscription change(String customer, UnaryOperator<Subscription> change) {
    return subscribed(
        customer,
        present ->
            change.apply(
                present.orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "customer \"" + customer + "\" has no subscription"))));
  }

  private Subscription subscribed(
      String customer, Function<Optional<Subscription>, Subscription> change) {
    Subscription next = changed(customer, () -> replaceSubscription(customer, change));
    watch.changed(customer);
    return next;
  }

  /** Where another instance changes it too, what that one made of it is changed. */
  private Subscription replaceSubscription(
      String customer, Function<Optional<Subscription>, Subscription> change) {
    for (int left = MOST_TRIES; left > 0; left--) {
      Optional<Subscription> present = subscriptions.find(customer);
      Subscription wanted = checked(change.apply(present));
      Subscription next =
          present
              .or(() -> offers.withoutOwn(customer))
              .map(before -> wanted.inPlaceOf(before, now()))
              .orElse(wanted);
      boolean done =
          present.isPresent()
              ? next.equals(present.get()) || subscriptions.replace(present.get(), next)
              : subscriptions.add(next);
      if (done) {
        return next;
      }
    }
    throw new IllegalStateException(
        "the subscription of \"" + customer + "\" is being changed again and again");
  }

  private Subscription checked(Subscription subscription) {
    offers.current().check(subscription);
    return subscription;
  }

  private NewKey issue(
      String customer, String label, MonetizeKeys.Mode mode, @Nullable Instant validUntil) {
    if (!(format instanceof MonetizeKeys keys)) {
      throw new IllegalStateException("keys of a format of the app's own are issued by the app");
    }
    IssuedKey issued = keys.generate(random, mode);
    ApiKey key =
        new ApiKey(
            ApiKey.randomId(random, mode), customer, issued.hash(), label, now(), validUntil);
    store().put(key);
    return new NewKey(key, issued);
  }

  private ApiKey existing(String key) {
    return key(key)
        .orElseThrow(() -> new IllegalArgumentException("there is no key \"" + key + "\""));
  }

  private CustomerStore store() {
    if (customers instanceof CustomerStore store) {
      return store;
    }
    throw new IllegalStateException(
        "customers and keys are kept in the app's own table, not here: change them there");
  }

  private Instant now() {
    return Time.instant(time.now());
  }

  private <T> T changed(String customer, Supplier<T> change) {
    try {
      return offers.exclusively(change);
    } finally {
      callers.forget(customer);
    }
  }
}
