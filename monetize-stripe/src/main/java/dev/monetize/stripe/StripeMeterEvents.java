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
import com.stripe.param.billing.MeterListParams;
import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Stripe's meters, through its SDK. Thread-safe. */
final class StripeMeterEvents implements MeterEvents {

  private final StripeClient stripe;
  private final OneTryHttpClient http;
  private final Map<String, Meter> meters = new ConcurrentHashMap<>();

  StripeMeterEvents(StripeConnection connection) {
    this.http = connection.httpClient();
    this.stripe = connection.client(connection.apiKey(), http);
  }

  @Override
  public Answer send(
      String event, String customer, long units, long second, String identifier, String key) {
    MeterEventCreateParams params =
        MeterEventCreateParams.builder()
            .setEventName(event)
            .putPayload("stripe_customer_id", customer)
            .putPayload("value", Long.toString(units))
            .setTimestamp(second)
            .setIdentifier(identifier)
            .build();
    RequestOptions options = RequestOptions.builder().setIdempotencyKey(key).build();
    try {
      stripe.v1().billing().meterEvents().create(params, options);
      return new Answer.Arrived();
    } catch (StripeException e) {
      return Answers.of(e, http.lastReply());
    }
  }

  @Override
  public @Nullable BigDecimal sum(String event, String customer, long hourSecond)
      throws StripeException {
    Meter meter = meter(event);
    if (meter == null) {
      return null;
    }
    MeterEventSummaryListParams params =
        MeterEventSummaryListParams.builder()
            .setCustomer(customer)
            .setStartTime(hourSecond)
            .setEndTime(hourSecond + 3600)
            .build();
    BigDecimal sum = BigDecimal.ZERO;
    for (MeterEventSummary summary :
        stripe
            .v1()
            .billing()
            .meters()
            .eventSummaries()
            .list(meter.getId(), params)
            .autoPagingIterable()) {
      sum = sum.add(summary.getAggregatedValue());
    }
    return sum;
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
