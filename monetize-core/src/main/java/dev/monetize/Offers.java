// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.Subscription;
import dev.monetize.identity.Subscriptions;
import dev.monetize.tier.TierCatalog;
import dev.monetize.tier.TierChanges;
import dev.monetize.tier.TierFaultsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The offer in force, and its replacement by another: as a whole, or not at all. */
final class Offers {

  private static final Logger log = LoggerFactory.getLogger(Offers.class);
  private static final int MOST_FAULTS = 50;

  private final Subscriptions subscriptions;
  private final @Nullable String defaultTier;

  /** One change at a time, of tiers or of subscriptions: each is checked against the other. */
  private final ReentrantLock changing = new ReentrantLock();

  private volatile Offer current;

  /**
   * Puts a first catalog into force.
   *
   * @throws IllegalArgumentException if it has no tier of the name of the default one
   */
  Offers(TierCatalog catalog, Subscriptions subscriptions, @Nullable String defaultTier) {
    this.subscriptions = subscriptions;
    this.defaultTier = defaultTier;
    this.current = new Offer(catalog);
    if (defaultTier != null) {
      current.plan(Subscription.to(defaultTier, "default"));
    }
    faults(current).forEach(fault -> log.error("{} is refused until this is mended", fault));
    log.info("tiers in force:\n{}", catalog.describe());
  }

  Offer current() {
    return current;
  }

  /** The plan that a customer has now; empty where its calls are refused for want of a good one. */
  Optional<Plan> planOf(String customer) {
    Offer offer = current;
    return subscription(customer)
        .filter(one -> fault(offer, one).isEmpty())
        .map(offer::plan)
        .filter(plan -> plan.missing().isEmpty());
  }

  /** What a customer has subscribed to, or has without that. */
  Optional<Subscription> subscription(String customer) {
    return subscriptions.find(customer).or(() -> withoutOwn(customer));
  }

  /** What a customer has who has not subscribed to anything. */
  Optional<Subscription> withoutOwn(String customer) {
    return Optional.ofNullable(defaultTier).map(tier -> Subscription.to(tier, customer));
  }

  TierReload reload() {
    Path source =
        current
            .catalog()
            .source()
            .orElseThrow(
                () -> new IllegalStateException("the tiers in force were not read from a file"));
    try {
      return replace(TierCatalog.load(source));
    } catch (TierFaultsException e) {
      log.warn("{} is no good; the tiers in force stay:\n{}", source, e.getMessage());
      throw e;
    }
  }

  TierReload replace(TierCatalog catalog) {
    changing.lock();
    try {
      Offer next = new Offer(catalog);
      TierChanges changes = current.catalog().changesTo(catalog);
      Map<String, Long> customers = check(next, changes);
      current = next;
      log.info(
          "tiers changed, customers concerned: {}\n{}\ntiers in force:\n{}",
          customers,
          changes,
          catalog.describe());
      return new TierReload(changes.changes().stream().map(Object::toString).toList(), customers);
    } finally {
      changing.unlock();
    }
  }

  /** Makes a change to subscriptions while the tiers stay what they are. */
  <T> T exclusively(Supplier<T> change) {
    changing.lock();
    try {
      return change.get();
    } finally {
      changing.unlock();
    }
  }

  /** Refuses an offer that some subscription does not fit, and counts whom it concerns. */
  private Map<String, Long> check(Offer next, TierChanges changes) {
    List<TierFaultsException.Fault> faults = faults(next);
    if (!faults.isEmpty()) {
      throw new TierFaultsException(faults);
    }
    Map<String, Long> customers = new TreeMap<>();
    Set<String> concerned =
        changes.changes().stream().map(TierChanges.Change::subject).collect(Collectors.toSet());
    try (Stream<Subscription> all = subscriptions.all()) {
      all.map(Subscription::inForce)
          .filter(concerned::contains)
          .forEach(tier -> customers.merge(tier, 1L, Long::sum));
    }
    return customers;
  }

  /** What keeps subscriptions from being served under an offer. */
  private List<TierFaultsException.Fault> faults(Offer offer) {
    List<TierFaultsException.Fault> faults = new ArrayList<>();
    Stream<Subscription> unnamed =
        defaultTier == null
            ? Stream.empty()
            : Stream.of(Subscription.to(defaultTier, "without-subscription"));
    try (Stream<Subscription> all = Stream.concat(unnamed, subscriptions.all())) {
      all.flatMap(subscription -> fault(offer, subscription).stream())
          .limit(MOST_FAULTS)
          .forEach(faults::add);
    }
    return faults;
  }

  private static Optional<TierFaultsException.Fault> fault(Offer offer, Subscription subscription) {
    try {
      offer.check(subscription);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(
          new TierFaultsException.Fault(
              "customer " + subscription.customer(), String.valueOf(e.getMessage())));
    }
  }
}
