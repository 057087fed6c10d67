// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Monetizer;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.tier.Endpoint;
import dev.monetize.tier.MeterRule;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells everybody what there is and what it costs: tiers, limits, quotas, prices, endpoints. */
public final class PricingServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private transient @Nullable Monetizer monetizer;

  /** Takes the engine of the web app it runs in. */
  public PricingServlet() {}

  /** Takes an engine. */
  public PricingServlet(Monetizer monetizer) {
    this.monetizer = monetizer;
  }

  @Override
  public void init() throws ServletException {
    if (monetizer == null) {
      monetizer = MonetizeContext.require(getServletContext());
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    TierCatalog catalog = Objects.requireNonNull(monetizer, "not initialized").tiers();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("currency", catalog.currency().getCurrencyCode());
    body.put("tiers", catalog.tiers().stream().map(PricingServlet::tier).toList());
    body.put("endpoints", catalog.endpoints().stream().map(PricingServlet::endpoint).toList());
    catalog.upgradeUrl().ifPresent(url -> body.put("upgrade", url));
    Json.write(response, 200, body);
  }

  private static Map<String, Object> tier(Tier tier) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", tier.name());
    tier.price()
        .ifPresentOrElse(
            price -> {
              Map<String, Object> base = new LinkedHashMap<>();
              base.put("amount", price.amount().decimal());
              base.put("currency", price.amount().currency().getCurrencyCode());
              base.put("per", price.per().name().toLowerCase(java.util.Locale.ROOT));
              body.put("price", base);
            },
            () -> body.put("price", "custom"));
    body.put("quotas", tier.quotas().stream().map(PricingServlet::quota).toList());
    body.put("limits", tier.limits().stream().map(PricingServlet::limit).toList());
    Map<String, Object> prices = new LinkedHashMap<>();
    tier.prices().forEach((meter, price) -> prices.put(meter, Prices.of(price)));
    body.put("prices", prices);
    body.put("custom", List.copyOf(tier.custom()));
    body.put("endpoints", tier.endpoints().stream().map(Object::toString).toList());
    body.put("features", tier.features());
    tier.support().ifPresent(support -> body.put("support", support));
    tier.sla().ifPresent(sla -> body.put("sla", sla));
    return body;
  }

  private static Map<String, Object> quota(Quota quota) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", quota.id());
    body.put("meter", quota.meter());
    body.put("included", quota.included());
    body.put("period", quota.period().toString());
    body.put("past", past(quota.past()));
    return body;
  }

  private static String past(PastQuota past) {
    if (past instanceof PastQuota.Bill) {
      return "bill";
    }
    return past instanceof PastQuota.Throttle ? "throttle" : "block";
  }

  private static Map<String, Object> limit(Limit limit) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", limit.id());
    if (limit instanceof RateLimit rate) {
      body.put("calls", rate.permits());
      body.put("seconds", rate.period().toMillis() / 1000.0);
      body.put("burst", rate.burst());
    } else if (limit instanceof ConcurrencyLimit concurrency) {
      body.put("atOnce", concurrency.max());
    }
    return body;
  }

  private static Map<String, Object> endpoint(Endpoint endpoint) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("endpoint", endpoint.label());
    body.put("cost", endpoint.cost());
    body.put("meters", endpoint.meters().stream().map(MeterRule::meter).toList());
    return body;
  }
}
