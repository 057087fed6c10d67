// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes Stripe agree with a tier file: a product of each tier that is sold, prices of what it costs
 * before usage and by usage, meters, and features that customers are entitled to.
 *
 * <pre>{@code
 * StripeCatalog catalog = StripeCatalog.of(StripeConnection.with(System.getenv("STRIPE_API_KEY")));
 * CatalogPlan plan = catalog.plan(TierCatalog.load(Path.of("tiers.yml")));
 * System.out.println(plan);
 * catalog.apply(plan);
 * }</pre>
 *
 * <p>What is there is found again by lookup key and metadata: applied twice, nothing is done the
 * second time; a run that broke off can be run again, and two at once make nothing twice. Stripe's
 * prices cannot be changed: where one is to be another, a new one takes its lookup key, and those
 * who pay the old one go on doing so. Nothing is deleted, archived or switched off, and what was
 * made by hand is taken over only where its metadata says what it is.
 *
 * <p>A price whose invoices would be others at Stripe in ordinary use is a fault of the plan; where
 * they would be so in rare cases, that is a warning. Values of customers' own are not looked at.
 *
 * <p>Each call that makes something has an idempotency key of what is asked for. {@link
 * StripeException}s are Stripe's answers. Thread-safe.
 */
public final class StripeCatalog {

  private static final int TRIES = 3;

  private final StripeClient stripe;
  private final CatalogNames names;
  private final CatalogLook look;

  StripeCatalog(StripeClient stripe, CatalogNames names) {
    this.stripe = stripe;
    this.names = names;
    this.look = new CatalogLook(stripe);
  }

  /** One with the names that {@link StripeBilling} looks for unless it is told otherwise. */
  public static StripeCatalog of(StripeConnection connection) {
    return builder(connection).build();
  }

  /** One with other names. */
  public static StripeCatalogBuilder builder(StripeConnection connection) {
    return new StripeCatalogBuilder(Objects.requireNonNull(connection, "connection"));
  }

  /**
   * The event name of a meter at Stripe, for {@link StripeUsageSinkBuilder#meter}.
   *
   * @param meter ours
   */
  public String eventName(String meter) {
    return names.event(meter);
  }

  /**
   * The meters that tiers price, with their event names: what a sink is to report, since Stripe has
   * no other meters. What only values of customers' own price is not among them, and neither is
   * what tiers are changed to later.
   *
   * <pre>{@code
   * StripeUsageSinkBuilder sink = StripeUsageSink.builder(connection, directory);
   * catalog.meters(tiers).forEach(sink::meter);
   * }</pre>
   *
   * @return event names, by meter of ours, in its order; unmodifiable
   */
  public Map<String, String> meters(TierCatalog tiers) {
    Map<String, String> events = new TreeMap<>();
    for (Tier tier : tiers.tiers()) {
      tier.prices().keySet().forEach(meter -> events.put(meter, eventName(meter)));
    }
    return Collections.unmodifiableMap(events);
  }

  /** What would be done. Nothing is. */
  public CatalogPlan plan(TierCatalog tiers) throws StripeException {
    CatalogWish wish = CatalogWish.of(tiers, names);
    return CatalogComparison.plan(wish, look.at(wish));
  }

  /**
   * Does what is to be done.
   *
   * @return what that was
   * @throws IllegalStateException if there are faults; then nothing is done
   */
  public CatalogPlan apply(TierCatalog tiers) throws StripeException {
    CatalogWish wish = CatalogWish.of(tiers, names);
    CatalogFound found = look.at(wish);
    CatalogPlan plan = CatalogComparison.plan(wish, found);
    perform(plan, found);
    return plan;
  }

  /**
   * Does what a plan says, as far as it is not done yet.
   *
   * @throws IllegalStateException if the plan has faults, or something else is to be done meanwhile
   */
  public void apply(CatalogPlan plan) throws StripeException {
    refuse(plan);
    perform(plan, look.at(plan.wish()));
  }

  /** Where Stripe failed, it is looked at what is there before anything is asked for again. */
  private void perform(CatalogPlan plan, CatalogFound before) throws StripeException {
    Set<CatalogChange> agreed = new HashSet<>(plan.changes());
    CatalogWork work = new CatalogWork(stripe, new StripeCalls());
    CatalogFound found = before;
    for (int left = TRIES - 1; ; left--) {
      CatalogPlan now = CatalogComparison.plan(plan.wish(), found);
      refuse(now);
      if (!agreed.containsAll(now.changes())) {
        throw new IllegalStateException(
            "what Stripe has is not what was planned for any more: plan again");
      }
      CatalogIds ids = new CatalogIds(plan.wish(), found);
      if (work.perform(now.changes(), plan.wish().names(), ids, left == 0)) {
        return;
      }
      found = look.at(plan.wish());
    }
  }

  private static void refuse(CatalogPlan plan) {
    if (!plan.faults().isEmpty()) {
      throw new IllegalStateException(
          "Stripe cannot agree with the tiers:\n" + String.join("\n", plan.faults()));
    }
  }
}
