// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.Price;
import com.stripe.model.Product;
import com.stripe.model.Subscription;
import com.stripe.model.SubscriptionItem;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionListParams;
import dev.monetize.tier.TierCatalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks Stripe what a customer has subscribed to. Thread-safe. */
final class SubscriptionReader {

  private static final long PAGE = 100;

  private final StripeClient stripe;
  private final LookupKeys keys;

  SubscriptionReader(StripeClient stripe, LookupKeys keys) {
    this.stripe = stripe;
    this.keys = keys;
  }

  /** A subscription as the SDK tells it, and what it means. */
  record Found(Subscription subscription, SubscriptionSeen seen) {}

  /** All of a customer's that are of a tier of ours, those that have ended too. */
  List<Found> of(String stripeCustomer, TierCatalog catalog) throws StripeException {
    SubscriptionListParams all =
        SubscriptionListParams.builder()
            .setCustomer(stripeCustomer)
            .setStatus(SubscriptionListParams.Status.ALL)
            .setLimit(PAGE)
            .build();
    List<Found> found = new ArrayList<>();
    for (Subscription one : stripe.v1().subscriptions().list(all).autoPagingIterable()) {
      Optional<String> tier = tier(one, catalog);
      if (tier.isPresent()) {
        found.add(new Found(one, seen(one, tier.get())));
      }
    }
    return found;
  }

  private Optional<String> tier(Subscription subscription, TierCatalog catalog)
      throws StripeException {
    for (SubscriptionItem item : subscription.getItems().getData()) {
      Optional<String> tier = tier(item.getPrice(), catalog);
      if (tier.isPresent()) {
        return tier;
      }
    }
    return Optional.empty();
  }

  /**
   * By the price's metadata, since its key may have moved on; by its key; by its product's
   * metadata. A tier that is named in metadata but not in the catalog is nobody's guess.
   */
  private Optional<String> tier(Price price, TierCatalog catalog) throws StripeException {
    String named = named(price.getMetadata());
    String key = price.getLookupKey();
    if (named == null && key != null) {
      Optional<String> keyed = keys.tier(key, catalog);
      if (keyed.isPresent()) {
        return keyed;
      }
    }
    if (named == null) {
      Product product = stripe.v1().products().retrieve(price.getProduct());
      named = named(product.getMetadata());
    }
    if (named != null && catalog.tier(named).isEmpty()) {
      throw new IllegalStateException(
          "price %s at Stripe is of tier \"%s\", which is not in the tiers in force"
              .formatted(price.getId(), named));
    }
    return Optional.ofNullable(named);
  }

  private static @Nullable String named(@Nullable Map<String, String> metadata) {
    return metadata == null ? null : metadata.get(LookupKeys.TIER);
  }

  private SubscriptionSeen seen(Subscription one, String tier) throws StripeException {
    return new SubscriptionSeen(
        one.getId(),
        one.getStatus(),
        tier,
        Instant.ofEpochSecond(one.getCreated()),
        Instant.ofEpochSecond(one.getBillingCycleAnchor()),
        period(one, SubscriptionItem::getCurrentPeriodStart, Comparator.naturalOrder()),
        period(one, SubscriptionItem::getCurrentPeriodEnd, Comparator.reverseOrder()),
        endsAt(one),
        isOwed(one) ? unpaidSince(one) : Optional.empty());
  }

  /** Items may have periods of their own: the last that began, the first that ends. */
  private static Instant period(
      Subscription one, Function<SubscriptionItem, Long> bound, Comparator<Long> order) {
    return one.getItems().getData().stream()
        .map(bound)
        .max(order)
        .map(Instant::ofEpochSecond)
        .orElseThrow(() -> new IllegalStateException(one.getId() + " has no items"));
  }

  private static Optional<Instant> endsAt(Subscription one) {
    if (one.getEndedAt() != null) {
      return Optional.of(Instant.ofEpochSecond(one.getEndedAt()));
    }
    if (one.getCancelAt() != null) {
      return Optional.of(Instant.ofEpochSecond(one.getCancelAt()));
    }
    return Boolean.TRUE.equals(one.getCancelAtPeriodEnd())
        ? Optional.of(period(one, SubscriptionItem::getCurrentPeriodEnd, Comparator.reverseOrder()))
        : Optional.empty();
  }

  private static boolean isOwed(Subscription one) {
    return SubscriptionSeen.PAST_DUE.equals(one.getStatus())
        || SubscriptionSeen.UNPAID.equals(one.getStatus());
  }

  /** When the oldest invoice that is open failed first, or was due. */
  private Optional<Instant> unpaidSince(Subscription one) throws StripeException {
    InvoiceListParams open =
        InvoiceListParams.builder()
            .setSubscription(one.getId())
            .setStatus(InvoiceListParams.Status.OPEN)
            .setLimit(PAGE)
            .build();
    Instant first = Instant.MAX;
    for (Invoice invoice : stripe.v1().invoices().list(open).autoPagingIterable()) {
      Instant failed = Instant.ofEpochSecond(failedAt(invoice));
      first = failed.isBefore(first) ? failed : first;
    }
    return first.equals(Instant.MAX) ? Optional.empty() : Optional.of(first);
  }

  /** An invoice is tried first when it becomes final. */
  private static long failedAt(Invoice invoice) {
    if (invoice.getDueDate() != null) {
      return invoice.getDueDate();
    }
    Invoice.StatusTransitions when = invoice.getStatusTransitions();
    return when == null || when.getFinalizedAt() == null
        ? invoice.getCreated()
        : when.getFinalizedAt();
  }
}
