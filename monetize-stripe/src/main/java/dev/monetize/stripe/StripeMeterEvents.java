// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.billing.Meter;
import com.stripe.model.billing.MeterEventSummary;
import com.stripe.net.RequestOptions;
import com.stripe.param.billing.MeterEventCreateParams;
import com.stripe.param.billing.MeterEventSummaryListParams;
import com.stripe.param.billing.MeterEventSummaryListParams.ValueGroupingWindow;
import com.stripe.param.billing.MeterListParams;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Stripe's meters, through its SDK. Thread-safe. */
final class StripeMeterEvents implements MeterEvents {

  /** Where in a meter event the customer is said; what Stripe has by default. */
  static final String CUSTOMER = "stripe_customer_id";

  /** Where in a meter event the units are said; what Stripe has by default. */
  static final String VALUE = "value";

  private final StripeClient stripe;
  private final OneTryHttpClient http;
  private final Map<String, Meter> meters = new ConcurrentHashMap<>();

  StripeMeterEvents(StripeConnection connection) {
    this.http = connection.httpClient();
    this.stripe = connection.client(connection.apiKey(), http);
  }

  @Override
  public int most() {
    return 1;
  }

  @Override
  public Answer send(List<MeterCall> calls) {
    MeterCall call = calls.get(0);
    MeterEventCreateParams params =
        MeterEventCreateParams.builder()
            .setEventName(call.event())
            .putPayload(CUSTOMER, call.customer())
            .putPayload(VALUE, Long.toString(call.units()))
            .setTimestamp(call.second())
            .setIdentifier(call.identifier())
            .build();
    RequestOptions options = RequestOptions.builder().setIdempotencyKey(call.key()).build();
    try {
      stripe.v1().billing().meterEvents().create(params, options);
      return new Answer.Arrived();
    } catch (StripeException e) {
      return Answers.of(e, http.lastReply());
    }
  }

  @Override
  public @Nullable BigDecimal sum(String event, String customer, long from, long to)
      throws StripeException {
    Meter meter = meter(event);
    if (meter == null) {
      return null;
    }
    BigDecimal sum = BigDecimal.ZERO;
    for (MeterEventSummary one : summaries(meter, params(customer, from, to).build())) {
      sum = sum.add(one.getAggregatedValue());
    }
    return sum;
  }

  @Override
  public Map<Long, BigDecimal> hours(String event, String customer, long from, long to)
      throws StripeException {
    Map<Long, BigDecimal> hours = new TreeMap<>();
    Meter meter = meter(event);
    if (meter != null) {
      MeterEventSummaryListParams params =
          params(customer, from, to).setValueGroupingWindow(ValueGroupingWindow.HOUR).build();
      for (MeterEventSummary one : summaries(meter, params)) {
        hours.merge(one.getStartTime(), one.getAggregatedValue(), BigDecimal::add);
      }
      hours.values().removeIf(sum -> sum.signum() == 0);
    }
    return hours;
  }

  private static MeterEventSummaryListParams.Builder params(String customer, long from, long to) {
    return MeterEventSummaryListParams.builder()
        .setCustomer(customer)
        .setStartTime(from)
        .setEndTime(to)
        .setLimit(100L);
  }

  private Iterable<MeterEventSummary> summaries(Meter meter, MeterEventSummaryListParams params)
      throws StripeException {
    return stripe
        .v1()
        .billing()
        .meters()
        .eventSummaries()
        .list(meter.getId(), params)
        .autoPagingIterable();
  }

  private @Nullable Meter meter(String event) throws StripeException {
    Meter known = meters.get(event);
    if (known != null) {
      return known;
    }
    MeterListParams active =
        MeterListParams.builder().setStatus(MeterListParams.Status.ACTIVE).setLimit(100L).build();
    for (Meter meter : stripe.v1().billing().meters().list(active).autoPagingIterable()) {
      meters.put(meter.getEventName(), meter);
    }
    return meters.get(event);
  }
}
