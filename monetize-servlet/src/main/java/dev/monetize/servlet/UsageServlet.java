// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Caller;
import dev.monetize.Monetizer;
import dev.monetize.UsageReport;
import dev.monetize.price.RatedLine;
import dev.monetize.usage.Aggregation;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells a customer, who is identified as the filter does it, what it has used, may still use, and
 * owes so far. Reading it costs nothing and counts as no call; a call that was settled before is in
 * it.
 */
public final class UsageServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private transient @Nullable Monetizer monetizer;

  /** Takes the engine of the web app it runs in. */
  public UsageServlet() {}

  /** Takes an engine. */
  public UsageServlet(Monetizer monetizer) {
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
    Monetizer engine = Objects.requireNonNull(monetizer, "not initialized");
    Optional<Caller> caller = MonetizeContext.caller(engine, request, response);
    if (caller.isPresent()) {
      Json.write(response, 200, body(engine.usage(caller.get())));
    }
  }

  private static Map<String, Object> body(UsageReport report) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("customer", report.customer());
    body.put("tier", report.tier());
    Map<String, Object> meters = new LinkedHashMap<>();
    report.meters().forEach((meter, use) -> meters.put(meter, meter(use)));
    body.put("meters", meters);
    body.put("cost", cost(report.cost()));
    return body;
  }

  private static Map<String, Object> meter(UsageReport.MeterUse use) {
    UsageReport.@Nullable QuotaUse quota = use.quota().orElse(null);
    Map<String, Object> meter = new LinkedHashMap<>();
    meter.put("used", use.used());
    if (use.aggregation() != Aggregation.SUM) {
      meter.put("aggregation", use.aggregation().toString());
      meter.put("certainty", use.certainty().name().toLowerCase(Locale.ROOT));
    }
    putQuota(meter, quota);
    meter.put("since", use.since().toString());
    if (use.quotas().size() > 1) {
      List<Map<String, Object>> all = new ArrayList<>();
      for (UsageReport.QuotaUse one : use.quotas()) {
        Map<String, Object> each = new LinkedHashMap<>();
        each.put("quota", one.quota());
        each.put("used", one.used());
        putQuota(each, one);
        all.add(each);
      }
      meter.put("quotas", all);
    }
    return meter;
  }

  /** Where there is no quota, there is nothing included, remaining, over it or reset. */
  @SuppressWarnings("NullAway") // JSON has nulls
  private static void putQuota(Map<String, Object> meter, UsageReport.@Nullable QuotaUse quota) {
    meter.put("included", quota == null ? null : quota.included());
    meter.put("remaining", quota == null ? null : quota.remaining());
    meter.put("overage", quota == null ? null : quota.overage());
    meter.put("resetsAt", quota == null ? null : quota.resetsAt().toString());
  }

  private static Map<String, Object> cost(UsageReport.Cost cost) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("currency", cost.total().currency().getCurrencyCode());
    cost.base().ifPresent(base -> body.put("base", base.amount().decimal()));
    List<Map<String, Object>> lines = new ArrayList<>();
    for (RatedLine line : cost.lines()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("meter", line.meter());
      each.put("units", line.units());
      each.put("billable", line.billableUnits());
      each.put("amount", line.amount().decimal());
      lines.add(each);
    }
    body.put("lines", lines);
    body.put("total", cost.total().decimal());
    return body;
  }
}
