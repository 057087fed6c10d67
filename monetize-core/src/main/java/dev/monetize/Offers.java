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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The offer in force, and its replacement by another: as a whole, or not at all. */
final class Offers {

  private static final Logger log = LoggerFactory.getLogger(Offers.class);
  private static final int MOST_FAULTS = 50;

  private final Subscriptions subscriptions;
  private final ReentrantLock replacing = new ReentrantLock();
  private volatile Offer current;

  Offers(TierCatalog catalog, Subscriptions subscriptions) {
    this.subscriptions = subscriptions;
    this.current = new Offer(catalog);
    log.info("tiers in force:\n{}", catalog.describe());
  }

  Offer current() {
    return current;
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
    replacing.lock();
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
      replacing.unlock();
    }
  }

  /** Compiles every subscription in the next offer, and counts those whose tier changes. */
  private Map<String, Long> check(Offer next, TierChanges changes) {
    List<TierFaultsException.Fault> faults = new ArrayList<>();
    Map<String, Long> customers = new TreeMap<>();
    Set<String> concerned =
        changes.changes().stream().map(TierChanges.Change::subject).collect(Collectors.toSet());
    try (Stream<Subscription> all = subscriptions.all()) {
      all.forEach(
          subscription -> {
            try {
              next.plan(subscription);
            } catch (IllegalArgumentException e) {
              faults.add(
                  new TierFaultsException.Fault(
                      "customer " + subscription.customer(), String.valueOf(e.getMessage())));
            }
            if (concerned.contains(subscription.tier())) {
              customers.merge(subscription.tier(), 1L, Long::sum);
            }
          });
    }
    if (!faults.isEmpty()) {
      throw new TierFaultsException(faults.subList(0, Math.min(MOST_FAULTS, faults.size())));
    }
    return customers;
  }
}
