// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import dev.monetize.quota.Quota;
import dev.monetize.tier.Endpoint;
import dev.monetize.tier.MeterRule;
import dev.monetize.tier.Tier;
import dev.monetize.usage.Measure;
import dev.monetize.usage.QuotaWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A tier made ready for deciding: what each endpoint takes from each limit. Shared by all customers
 * of a tier that have neither values nor a billing anchor of their own.
 */
final class Plan {

  /** The meter that counts calls. */
  static final String CALLS = "calls";

  private final Offer offer;
  private final Tier tier;
  private final @Nullable Instant anchor;
  private final LimitSet limits;
  private final Set<String> missing;
  private final @Nullable Quota[] quotas;
  private final Map<String, Quota> byId = new HashMap<>();
  private final boolean holds;
  private final IdentityHashMap<Endpoint, Charge> charges = new IdentityHashMap<>();
  private volatile List<QuotaWindow> windows = List.of();

  /**
   * Compiles a tier.
   *
   * @throws IllegalArgumentException if an endpoint costs more than a burst holds
   */
  Plan(Offer offer, Tier tier, @Nullable Instant anchor) {
    this.offer = offer;
    this.tier = tier;
    this.anchor = anchor;
    List<Limit> all = new ArrayList<>(tier.limits());
    for (Quota quota : tier.quotas()) {
      all.add(quota.toLimit(anchor));
      quota.toThrottle().ifPresent(all::add);
    }
    this.limits = LimitSet.of(all);
    this.missing =
        tier.custom().stream()
            .filter(property -> !property.equals("price"))
            .collect(Collectors.toCollection(TreeSet::new));
    tier.quotas().forEach(quota -> byId.put(quota.id(), quota));
    this.quotas = all.stream().map(limit -> quota(limit, byId)).toArray(Quota[]::new);
    this.holds = all.stream().anyMatch(ConcurrencyLimit.class::isInstance);
    for (Endpoint endpoint : offer.catalog().endpoints()) {
      if (offer.catalog().reaches(tier, endpoint)) {
        charges.put(endpoint, Charge.of(limits, limit -> reserved(limit, endpoint)));
      }
    }
  }

  private static @Nullable Quota quota(Limit limit, Map<String, Quota> byId) {
    return limit instanceof WindowLimit ? byId.get(limit.id()) : null;
  }

  private static long reserved(Limit limit, Endpoint endpoint) {
    if (limit instanceof WindowLimit) {
      return reserved(Quota.meterOf(limit.id()), endpoint);
    }
    return limit instanceof RateLimit ? endpoint.cost() : 1;
  }

  private static long reserved(String meter, Endpoint endpoint) {
    if (meter.equals(CALLS)) {
      return 1;
    }
    for (MeterRule rule : endpoint.meters()) {
      if (rule.meter().equals(meter)) {
        return rule.estimate();
      }
    }
    return 0;
  }

  Offer offer() {
    return offer;
  }

  Tier tier() {
    return tier;
  }

  @Nullable Instant anchor() {
    return anchor;
  }

  /** What of the tier is set per customer, limits calls, and was not set. */
  Set<String> missing() {
    return missing;
  }

  LimitSet limits() {
    return limits;
  }

  /** The quota behind the limit at a position, or null for any other limit. */
  @Nullable Quota quota(int index) {
    return quotas[index];
  }

  /** The quota with an id, or null if the tier has none. */
  @Nullable Quota quota(String id) {
    return byId.get(id);
  }

  /** The window of a quota that a moment lies in. */
  Window windowAt(Quota quota, long nanos) {
    return quota.period().windows(anchor).at(nanos);
  }

  Charge charge(Endpoint endpoint) {
    Charge charge = charges.get(endpoint);
    if (charge == null) {
      throw new IllegalStateException("tier " + tier.name() + " may not call " + endpoint.label());
    }
    return charge;
  }

  /**
   * What a settled call really used of each limit, or null where that is just what was reserved and
   * it holds nothing that must be released.
   */
  long @Nullable [] actual(Charge charge, List<Measure> measures) {
    boolean differs = holds;
    for (int i = 0; i < quotas.length && !differs; i++) {
      differs = used(i, charge, measures) != charge.amount(i);
    }
    if (!differs) {
      return null;
    }
    long[] actual = new long[quotas.length];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = used(i, charge, measures);
    }
    return actual;
  }

  private long used(int index, Charge charge, List<Measure> measures) {
    Quota quota = quotas[index];
    return quota == null ? charge.amount(index) : Tally.units(measures, quota.meter());
  }

  /** The quota windows a call was charged in. The list is shared until a window ends. */
  List<QuotaWindow> windows(Standing standing) {
    List<QuotaWindow> known = windows;
    return matches(known, standing) ? known : remember(standing);
  }

  private boolean matches(List<QuotaWindow> known, Standing standing) {
    int next = 0;
    for (int i = 0; i < quotas.length; i++) {
      if (quotas[i] == null) {
        continue;
      }
      if (next == known.size() || known.get(next++).start() != standing.windowStart(i)) {
        return false;
      }
    }
    return true;
  }

  private List<QuotaWindow> remember(Standing standing) {
    List<QuotaWindow> fresh = new ArrayList<>();
    for (int i = 0; i < quotas.length; i++) {
      Quota quota = quotas[i];
      if (quota != null) {
        fresh.add(window(quota, standing.windowStart(i)));
      }
    }
    windows = List.copyOf(fresh);
    return windows;
  }

  static QuotaWindow window(Quota quota, long start) {
    return new QuotaWindow(quota.id(), quota.meter(), quota.scope() == Scope.KEY, start);
  }
}
