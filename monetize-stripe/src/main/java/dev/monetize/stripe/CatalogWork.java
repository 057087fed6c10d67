// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Price;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceUpdateParams;
import com.stripe.param.ProductUpdateParams;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Does what a plan says, change by change. Used once. */
final class CatalogWork {

  private static final int SERVER_ERROR = 500;
  private static final String METADATA = "metadata.";

  private final StripeClient stripe;
  private final StripeCalls calls;
  private final CatalogMaker maker;

  /** What was asked for; what is to be done still, after Stripe failed, is asked for anew. */
  private final Set<CatalogChange> asked = new HashSet<>();

  CatalogWork(StripeClient stripe, StripeCalls calls) {
    this.stripe = stripe;
    this.calls = calls;
    this.maker = new CatalogMaker(stripe, calls);
  }

  /** Whether all of it is done; if not, Stripe failed, and it is to be looked at what is there. */
  boolean perform(List<CatalogChange> changes, CatalogNames names, CatalogIds ids, boolean last)
      throws StripeException {
    for (CatalogChange change : changes) {
      try {
        perform(change, names, ids);
      } catch (StripeException e) {
        if (last || e.getStatusCode() == null || e.getStatusCode() < SERVER_ERROR) {
          throw e;
        }
        return false;
      }
    }
    return true;
  }

  private void perform(CatalogChange change, CatalogNames names, CatalogIds ids)
      throws StripeException {
    boolean again = !asked.add(change);
    if (change instanceof CatalogChange.CreateMeter it) {
      ids.meter(it.eventName(), maker.meter(it, again));
    } else if (change instanceof CatalogChange.CreateFeature it) {
      ids.feature(it.lookupKey(), maker.feature(it, again));
    } else if (change instanceof CatalogChange.CreateProduct it) {
      ids.product(it.tier(), maker.product(it, names, again));
    } else if (change instanceof CatalogChange.CreatePrice it) {
      PriceCreateParams.Builder params =
          PriceParams.of(it.price(), ids).setProduct(ids.product(it.tier()));
      maker.price(params, it.lookupKey(), it.tier(), "none", again);
    } else if (change instanceof CatalogChange.ReplacePrice it) {
      replace(it, ids, again);
    } else if (change instanceof CatalogChange.UpdateProduct it) {
      update(it);
    } else if (change instanceof CatalogChange.MarkPrice it) {
      PriceUpdateParams params =
          PriceUpdateParams.builder().putMetadata(LookupKeys.TIER, it.tier()).build();
      calls.freely(options -> stripe.v1().prices().update(it.price(), params, options));
    } else if (change instanceof CatalogChange.AttachFeature it) {
      maker.attach(ids.product(it.tier()), ids.feature(it.lookupKey()), again);
    }
  }

  /** What somebody set at Stripe, whether tax is in the amount, goes on to hold. */
  private void replace(CatalogChange.ReplacePrice change, CatalogIds ids, boolean again)
      throws StripeException {
    PriceCreateParams.Builder params =
        PriceParams.of(change.price(), ids).setProduct(ids.product(change.tier()));
    Price old = stripe.v1().prices().retrieve(change.old());
    if ("inclusive".equals(old.getTaxBehavior())) {
      params.setTaxBehavior(PriceCreateParams.TaxBehavior.INCLUSIVE);
    } else if ("exclusive".equals(old.getTaxBehavior())) {
      params.setTaxBehavior(PriceCreateParams.TaxBehavior.EXCLUSIVE);
    }
    maker.price(params, change.lookupKey(), change.tier(), change.old(), again);
  }

  private void update(CatalogChange.UpdateProduct change) throws StripeException {
    ProductUpdateParams.Builder params = ProductUpdateParams.builder();
    for (Map.Entry<String, String> value : change.values().entrySet()) {
      if (value.getKey().startsWith(METADATA)) {
        params.putMetadata(value.getKey().substring(METADATA.length()), value.getValue());
      } else {
        params.setName(value.getValue());
      }
    }
    ProductUpdateParams built = params.build();
    calls.freely(options -> stripe.v1().products().update(change.product(), built, options));
  }
}
