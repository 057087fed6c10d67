// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.Subscription;
import dev.monetize.limit.Window;
import dev.monetize.price.Money;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The billing period of an invoice, and what was agreed in it. Times are seconds. */
final class InvoiceTerms {

  private static final long HOUR = 3600;

  private final TierCatalog catalog;
  private final Subscription subscription;
  private final Window period;
  private final Money nothing;
  private final List<Term> terms = new ArrayList<>();
  private final NavigableSet<Long> cuts = new TreeSet<>();

  /**
   * A tier, with values of the customer's own, while it was the customer's: never an empty time. It
   * is so without a break since a second, whatever own values or fallback there were.
   *
   * @param fallback the tier in force in its place, or null
   */
  record Term(Tier tier, @Nullable String fallback, long since, long from, long until) {

    /** Whether a call that was made in a tier was made in this one, or its fallback. */
    boolean covers(String tierOfCall) {
      return tier.name().equals(tierOfCall) || tierOfCall.equals(fallback);
    }

    /** The quota that bills what is used past it, or null. */
    @Nullable Quota quota(String meter) {
      return billing(tier, meter).orElse(null);
    }

    long cap(String meter) {
      return InvoiceTerms.cap(tier, meter);
    }
  }

  InvoiceTerms(Offer offer, Subscription subscription, Instant at) {
    this.catalog = offer.catalog();
    this.subscription = subscription;
    this.period = windows(QuotaPeriod.of(QuotaPeriod.Unit.MONTH), Time.nanos(at));
    this.nothing = Money.zero(catalog.currency());
    long since = begin();
    long from = since;
    String before = "";
    for (Subscription.Former former : subscription.former()) {
      since = former.tier().equals(before) ? since : from;
      before = former.tier();
      long until = Math.max(from, former.until().getEpochSecond());
      add(offer, before, former, since, from, until);
      from = until;
    }
    since = subscription.tier().equals(before) ? since : from;
    add(offer, subscription.tier(), null, since, from, Long.MAX_VALUE);
    cut();
  }

  /** The quota of a meter that bills what is used past it. */
  static Optional<Quota> billing(Tier tier, String meter) {
    return tier.quotas().stream()
        .filter(quota -> quota.meter().equals(meter) && quota.past() instanceof PastQuota.Bill)
        .findFirst();
  }

  /** Units in a window of that quota past which nothing is paid. */
  static long cap(Tier tier, String meter) {
    return billing(tier, meter)
        .map(quota -> ((PastQuota.Bill) quota.past()).cap().orElse(Long.MAX_VALUE))
        .orElse(Long.MAX_VALUE);
  }

  private void add(
      Offer offer,
      String name,
      Subscription.@Nullable Former former,
      long since,
      long from,
      long until) {
    if (until <= Math.max(from, period.start()) || from >= period.end()) {
      return;
    }
    Subscription own = subscription.withTier(name).withFallback(null);
    Subscription then = former == null ? own : own.withOverrides(former.overrides());
    String fallback = former == null ? subscription.fallback() : former.fallback();
    try {
      terms.add(new Term(offer.plan(then).tier(), fallback, since, from, until));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "customer \"%s\" had tier \"%s\" in this period, which cannot be priced: %s"
              .formatted(subscription.customer(), name, e.getMessage()),
          e);
    }
  }

  /** Where hours have to be told apart within. */
  private void cut() {
    cuts.add(period.start());
    cuts.add(period.end());
    for (Term term : terms) {
      if (term.from() > period.start()) {
        cuts.add(term.from());
      }
      for (String meter : term.tier().prices().keySet()) {
        Quota quota = term.quota(meter);
        for (long at = period.start(); quota != null && at < period.end(); ) {
          Window window = window(quota, at);
          cuts.add(Math.max(window.start(), term.since()));
          at = window.end();
        }
      }
    }
  }

  Subscription subscription() {
    return subscription;
  }

  Window period() {
    return period;
  }

  /** Zero, in the currency of the tiers. */
  Money nothing() {
    return nothing;
  }

  /** When billing begins, in seconds. */
  private long begin() {
    Instant anchor = subscription.anchor();
    return anchor == null ? Long.MIN_VALUE : anchor.getEpochSecond();
  }

  /** Whether billing begins after the period, as in a trial: nothing is due. */
  boolean beforeAll() {
    return begin() >= period.end();
  }

  /** Those of the period, oldest first; at least one, unless it is before all. */
  List<Term> terms() {
    return terms;
  }

  /** Moments that an hour must be divided at. */
  NavigableSet<Long> cuts() {
    return cuts;
  }

  /** Since when use matters: the begin of the period, or of a window that goes on in it. */
  Instant usedSince() {
    return Instant.ofEpochSecond(cuts.first());
  }

  /** Whether full hours, not told apart by tier, tell all. */
  boolean inFullHours() {
    return terms.size() == 1
        && isInOneTier()
        && cuts.stream().allMatch(cut -> Math.floorMod(cut, HOUR) == 0);
  }

  /** Whether calls of these times, told of then or later, were made in no other tier. */
  private boolean isInOneTier() {
    String only = terms.get(0).tier().name();
    return subscription.inForce().equals(only)
        && subscription.former().stream()
            .filter(one -> one.until().getEpochSecond() > cuts.first())
            .allMatch(one -> one.fallback() == null && one.tier().equals(only));
  }

  /**
   * Whether a call is billed: of tiers that cost nothing those alone that were the customer's own,
   * maybe with prices of its own.
   *
   * @param made what it was made under
   */
  boolean bills(String tier, Term made) {
    return made.tier().name().equals(tier) || catalog.tier(tier).map(Tier::isSold).orElse(true);
  }

  /**
   * What a call was made under: the last of its tier that had begun; where the period knows none,
   * the first of its tier, or else what there was.
   */
  Term of(String tier, long second) {
    Term then = terms.get(0);
    Term found = null;
    for (Term term : terms) {
      boolean begun = term.from() <= second;
      then = begun ? term : then;
      found = term.covers(tier) && (begun || found == null) ? term : found;
    }
    return found == null ? then : found;
  }

  /** The window of a quota, or of a base price, that a second lies in. */
  Window window(Quota quota, long second) {
    return windows(quota.period(), second * 1_000_000_000L);
  }

  Window window(QuotaPeriod.Unit unit, long second) {
    return windows(QuotaPeriod.of(unit), second * 1_000_000_000L);
  }

  private Window windows(QuotaPeriod period, long nanos) {
    return period.windows(subscription.anchor()).at(nanos);
  }
}
