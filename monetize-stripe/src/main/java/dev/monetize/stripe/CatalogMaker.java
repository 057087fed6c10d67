// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Price;
import com.stripe.model.Product;
import com.stripe.model.ProductFeature;
import com.stripe.model.billing.Meter;
import com.stripe.model.entitlements.Feature;
import com.stripe.net.ApiRequestParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.ProductCreateParams;
import com.stripe.param.ProductFeatureCreateParams;
import com.stripe.param.ProductFeatureListParams;
import com.stripe.param.billing.MeterCreateParams;
import com.stripe.param.billing.MeterCreateParams.CustomerMapping;
import com.stripe.param.billing.MeterCreateParams.DefaultAggregation;
import com.stripe.param.billing.MeterCreateParams.ValueSettings;
import com.stripe.param.entitlements.FeatureCreateParams;

/**
 * Makes meters, features, products and prices at Stripe, and gives features to products, each once
 * however often it is asked for at the same time.
 *
 * <p>The idempotency key is a hash of all that is asked for. Stripe repeats an answer for a day,
 * also where what it made is gone or has become another since; so what an answer tells is looked
 * at, and where it is not so any more, it is asked for under a new key.
 */
final class CatalogMaker {

  private static final int NOT_FOUND = 404;
  private static final long PAGE = 100;

  private final StripeClient stripe;
  private final StripeCalls calls;

  CatalogMaker(StripeClient stripe, StripeCalls calls) {
    this.stripe = stripe;
    this.calls = calls;
  }

  /** Whether something is as it was when it was made. */
  @FunctionalInterface
  private interface Check<T> {
    boolean holds(T made) throws StripeException;
  }

  /**
   * @param again it was asked for, and Stripe said that it failed, which it would repeat
   */
  private <T> T make(
      String what, ApiRequestParams params, boolean again, StripeCalls.Call<T> call, Check<T> check)
      throws StripeException {
    if (!again) {
      T made = calls.once(what, params.toMap().toString(), call);
      if (check.holds(made)) {
        return made;
      }
    }
    return calls.freely(call);
  }

  String meter(CatalogChange.CreateMeter change, boolean again) throws StripeException {
    MeterCreateParams params =
        MeterCreateParams.builder()
            .setDisplayName(change.meter())
            .setEventName(change.eventName())
            .setDefaultAggregation(
                DefaultAggregation.builder().setFormula(DefaultAggregation.Formula.SUM).build())
            .setCustomerMapping(
                CustomerMapping.builder()
                    .setType(CustomerMapping.Type.BY_ID)
                    .setEventPayloadKey(StripeMeterEvents.CUSTOMER)
                    .build())
            .setValueSettings(
                ValueSettings.builder().setEventPayloadKey(StripeMeterEvents.VALUE).build())
            .build();
    return make(
            "meter",
            params,
            again,
            options -> stripe.v1().billing().meters().create(params, options),
            (Meter made) ->
                CatalogFound.isActive(stripe.v1().billing().meters().retrieve(made.getId())))
        .getId();
  }

  String feature(CatalogChange.CreateFeature change, boolean again) throws StripeException {
    FeatureCreateParams params =
        FeatureCreateParams.builder()
            .setName(change.feature())
            .setLookupKey(change.lookupKey())
            .build();
    return make(
            "feature",
            params,
            again,
            options -> stripe.v1().entitlements().features().create(params, options),
            (Feature made) -> true) // a feature is never gone
        .getId();
  }

  String product(CatalogChange.CreateProduct change, CatalogNames names, boolean again)
      throws StripeException {
    ProductCreateParams params =
        ProductCreateParams.builder()
            .setName(change.name())
            .putMetadata(LookupKeys.TIER, change.tier())
            .putMetadata(CatalogNames.PREFIX, names.keys().prefix())
            .build();
    return make(
            "product",
            params,
            again,
            options -> stripe.v1().products().create(params, options),
            (Product made) -> isTiers(made.getId(), change.tier()))
        .getId();
  }

  private boolean isTiers(String product, String tier) throws StripeException {
    try {
      Product now = stripe.v1().products().retrieve(product);
      return Boolean.TRUE.equals(now.getActive())
          && tier.equals(CatalogFound.says(now.getMetadata(), LookupKeys.TIER));
    } catch (InvalidRequestException e) {
      if (e.getStatusCode() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** Has a product give a feature. */
  void attach(String product, String feature, boolean again) throws StripeException {
    ProductFeatureCreateParams params =
        ProductFeatureCreateParams.builder().setEntitlementFeature(feature).build();
    make(
        "feature of " + product,
        params,
        again,
        options -> stripe.v1().products().features().create(product, params, options),
        (ProductFeature made) -> isGiven(product, made.getId()));
  }

  private boolean isGiven(String product, String id) throws StripeException {
    ProductFeatureListParams page = ProductFeatureListParams.builder().setLimit(PAGE).build();
    for (ProductFeature one :
        stripe.v1().products().features().list(product, page).autoPagingIterable()) {
      if (one.getId().equals(id)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A price that has its lookup key.
   *
   * @param params without what it is called
   * @param after what there was before; the same price again later is another one
   */
  void price(
      PriceCreateParams.Builder params, String lookupKey, String tier, String after, boolean again)
      throws StripeException {
    PriceCreateParams built =
        params
            .setLookupKey(lookupKey)
            .setTransferLookupKey(true)
            .putMetadata(LookupKeys.TIER, tier)
            .build();
    make(
        "price after " + after,
        built,
        again,
        options -> stripe.v1().prices().create(built, options),
        (Price made) -> {
          Price now = stripe.v1().prices().retrieve(made.getId());
          return Boolean.TRUE.equals(now.getActive()) && lookupKey.equals(now.getLookupKey());
        });
  }
}
