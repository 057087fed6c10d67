// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.model.SubscriptionItem;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.SubscriptionUpdateParams.CancelAt;
import com.stripe.param.common.EmptyParam;
import dev.monetize.stripe.SubscriptionReader.Found;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes and changes subscriptions at Stripe. Each request first looks at what is there: what it
 * asks for is not made twice, whenever it is asked for again. Thread-safe.
 */
final class SubscriptionRequests {

  /**
   * How often we changed a subscription, in its metadata: so that the same change after another one
   * has another idempotency key, and the same change at the same time has not.
   */
  private static final String CHANGES = "monetize_changes";

  private static final int MOST_TRIAL = 730;

  private final StripeClient stripe;
  private final StripeCalls calls;
  private final SubscriptionReader reader;
  private final TierPrices prices;
  private final Supplier<TierCatalog> tiers;

  SubscriptionRequests(
      StripeClient stripe,
      StripeCalls calls,
      SubscriptionReader reader,
      TierPrices prices,
      Supplier<TierCatalog> tiers) {
    this.stripe = stripe;
    this.calls = calls;
    this.reader = reader;
    this.prices = prices;
    this.tiers = tiers;
  }

  Tier tier(String name) {
    return tiers
        .get()
        .tier(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no tier \"" + name + "\""));
  }

  static void requireTrial(int days) {
    if (days < 0 || days > MOST_TRIAL) {
      throw new IllegalArgumentException("trialDays must be 0 to 730, got " + days);
    }
  }

  /**
   * What a page of Checkout is to sell.
   *
   * @throws IllegalStateException if it cannot: it takes prices of one interval only
   */
  List<Price> onOnePage(Tier tier) throws StripeException {
    List<Price> all = prices.of(tier);
    List<String> intervals =
        all.stream().map(price -> price.getRecurring().getInterval()).distinct().toList();
    if (intervals.size() > 1) {
      throw new IllegalStateException(
          "tier \"%s\" is paid by the %s, which Stripe's Checkout cannot sell together: subscribe(…) does, to who can pay at Stripe already"
              .formatted(tier.name(), String.join(" and the ", intervals)));
    }
    return all;
  }

  /**
   * Subscribes; who has the subscription already keeps it.
   *
   * @param trialDays 0: none
   */
  void subscribe(String customer, String stripeCustomer, Tier tier, int trialDays)
      throws StripeException {
    List<Found> all = reader.of(stripeCustomer, tiers.get());
    Optional<Found> present = all.stream().filter(one -> one.seen().isLive()).findFirst();
    if (present.isPresent()) {
      requireSame(customer, present.get(), tier);
      return;
    }
    SubscriptionCreateParams.Builder params =
        SubscriptionCreateParams.builder()
            .setCustomer(stripeCustomer)
            .setBillingMode(
                SubscriptionCreateParams.BillingMode.builder()
                    .setType(SubscriptionCreateParams.BillingMode.Type.FLEXIBLE)
                    .build())
            .putMetadata(CustomerLinks.CUSTOMER, customer);
    if (trialDays > 0) {
      params.setTrialPeriodDays((long) trialDays);
    }
    List<Price> wanted = prices.of(tier);
    wanted.forEach(price -> params.addItem(item(price)));
    String which = String.join("\n", stripeCustomer, ids(wanted), "trial " + trialDays, after(all));
    calls.once(
        "subscribe", which, options -> stripe.v1().subscriptions().create(params.build(), options));
  }

  private static SubscriptionCreateParams.Item item(Price price) {
    SubscriptionCreateParams.Item.Builder item =
        SubscriptionCreateParams.Item.builder().setPrice(price.getId());
    return TierPrices.isMetered(price) ? item.build() : item.setQuantity(1L).build();
  }

  private static void requireSame(String customer, Found present, Tier tier) {
    if (!present.seen().tier().equals(tier.name())) {
      throw new IllegalStateException(
          "customer \"%s\" has a subscription to \"%s\" already: change its tier instead"
              .formatted(customer, present.seen().tier()));
    }
  }

  /** Refuses a second subscription. One whose first payment never came does not count. */
  String requireNone(String customer, String stripeCustomer) throws StripeException {
    List<Found> all = reader.of(stripeCustomer, tiers.get());
    for (Found one : all) {
      if (one.seen().isLive() && one.seen().isBegun()) {
        throw new IllegalStateException(
            "customer \"%s\" has a subscription to \"%s\" already: send it to the customer portal, or change its tier"
                .formatted(customer, one.seen().tier()));
      }
    }
    return after(all);
  }

  /** What there was before: after it ended, the same may be asked for again. */
  private static String after(List<Found> all) {
    return all.stream()
        .map(Found::seen)
        .max(Comparator.comparing(SubscriptionSeen::created).thenComparing(SubscriptionSeen::id))
        .map(seen -> "after " + seen.id())
        .orElse("first");
  }

  private static String ids(List<Price> prices) {
    return String.join(" ", prices.stream().map(Price::getId).toList());
  }

  /** The subscription that is in force. */
  private Subscription present(String customer, String stripeCustomer) throws StripeException {
    return reader.of(stripeCustomer, tiers.get()).stream()
        .filter(one -> one.seen().isLive())
        .max(
            Comparator.comparing((Found one) -> one.seen().isPaid())
                .thenComparing(one -> one.seen().created())
                .thenComparing(one -> one.seen().id()))
        .map(Found::subscription)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "customer \"" + customer + "\" has no subscription at Stripe"));
  }

  /** Moves a subscription to another tier; what it costs is prorated. */
  void changeTier(String customer, String stripeCustomer, Tier tier) throws StripeException {
    Subscription present = present(customer, stripeCustomer);
    List<Price> wanted = prices.of(tier);
    List<SubscriptionUpdateParams.Item> items = changes(present, wanted);
    if (items.isEmpty()) {
      return;
    }
    SubscriptionUpdateParams.Builder params =
        SubscriptionUpdateParams.builder()
            .addAllItem(items)
            .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.CREATE_PRORATIONS);
    update(present, params, "to " + ids(wanted));
  }

  /** Has a subscription end with its period, or not. */
  void cancelAtPeriodEnd(String customer, String stripeCustomer, boolean ends)
      throws StripeException {
    Subscription present = present(customer, stripeCustomer);
    SortedSet<Long> periods = new TreeSet<>();
    present.getItems().getData().forEach(item -> periods.add(item.getCurrentPeriodEnd()));
    boolean flag = Boolean.TRUE.equals(present.getCancelAtPeriodEnd());
    Long at = present.getCancelAt();
    if (ends ? flag || periods.last().equals(at) : !flag && at == null) {
      return;
    }
    SubscriptionUpdateParams.Builder params = SubscriptionUpdateParams.builder();
    if (ends && periods.size() > 1) {
      params.setCancelAt(CancelAt.MAX_PERIOD_END); // the flag would end what is paid ahead
    } else if (ends || flag) {
      params.setCancelAtPeriodEnd(ends);
    } else {
      params.setCancelAt(EmptyParam.EMPTY); // the portal says when, and leaves the flag
    }
    update(present, params, ends ? "ends" : "goes on");
  }

  private void update(Subscription present, SubscriptionUpdateParams.Builder params, String what)
      throws StripeException {
    String text = present.getMetadata() == null ? null : present.getMetadata().get(CHANGES);
    long number = text != null && text.matches("[0-9]{1,9}") ? Long.parseLong(text) + 1 : 1;
    params.putMetadata(CHANGES, Long.toString(number));
    String items =
        String.join(
            " ",
            present.getItems().getData().stream()
                .map(item -> item.getId() + ":" + item.getPrice().getId())
                .toList());
    String which = String.join("\n", present.getId(), items, what, Long.toString(number));
    calls.once(
        "change",
        which,
        options -> stripe.v1().subscriptions().update(present.getId(), params.build(), options));
  }

  /** An item whose price has a counterpart keeps its place; others go and come. */
  private static List<SubscriptionUpdateParams.Item> changes(
      Subscription present, List<Price> wanted) {
    List<SubscriptionUpdateParams.Item> changes = new ArrayList<>();
    List<Price> missing = new ArrayList<>(wanted);
    List<SubscriptionItem> others = new ArrayList<>();
    for (SubscriptionItem item : present.getItems().getData()) {
      if (!missing.removeIf(price -> price.getId().equals(item.getPrice().getId()))) {
        others.add(item);
      }
    }
    for (SubscriptionItem item : others) {
      Price next = counterpart(item, missing);
      SubscriptionUpdateParams.Item.Builder change =
          SubscriptionUpdateParams.Item.builder().setId(item.getId());
      if (next == null) {
        changes.add(change.setDeleted(true).build());
      } else {
        missing.remove(next);
        changes.add(change.setPrice(next.getId()).build());
      }
    }
    for (Price price : missing) {
      SubscriptionUpdateParams.Item.Builder more =
          SubscriptionUpdateParams.Item.builder().setPrice(price.getId());
      changes.add(TierPrices.isMetered(price) ? more.build() : more.setQuantity(1L).build());
    }
    return changes;
  }

  /** The price of what is due before usage, or of the same meter. */
  private static @Nullable Price counterpart(SubscriptionItem item, List<Price> wanted) {
    return wanted.stream()
        .filter(price -> Objects.equals(meter(price), meter(item.getPrice())))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String meter(Price price) {
    return TierPrices.isMetered(price) ? price.getRecurring().getMeter() : null;
  }
}
