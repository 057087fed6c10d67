// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.exception.TemporarySessionExpiredException;
import com.stripe.model.v2.billing.MeterEventSession;
import com.stripe.param.v2.billing.MeterEventStreamCreateParams;
import com.stripe.param.v2.billing.MeterEventStreamCreateParams.Event;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's stream of meter events: a hundred in one call. It answers nothing: what it cannot use it
 * reports later, as an event of its own (Stripe API v2, {@code meter_event_stream}). Thread-safe.
 */
final class StreamedMeterEvents implements MeterEvents {

  private static final int MOST = 100;
  private static final Duration EARLY = Duration.ofMinutes(1);

  private final StripeConnection connection;
  private final OneTryHttpClient http;
  private final StripeClient stripe;
  private final StripeMeterEvents sums;
  private final InstantSource clock;
  private @Nullable Session session;

  /** What may be said in a quarter of an hour. */
  private record Session(StripeClient stripe, Instant ends) {}

  StreamedMeterEvents(StripeConnection connection, InstantSource clock) {
    this.connection = connection;
    this.http = connection.httpClient();
    this.stripe = connection.client(connection.apiKey(), http);
    this.sums = new StripeMeterEvents(connection);
    this.clock = clock;
  }

  @Override
  public int most() {
    return MOST;
  }

  @Override
  public Answer send(List<MeterCall> calls) {
    MeterEventStreamCreateParams.Builder params = MeterEventStreamCreateParams.builder();
    calls.forEach(call -> params.addEvent(event(call)));
    StripeClient streaming;
    try {
      streaming = session();
    } catch (StripeException e) {
      Answer answer = Answers.of(e, http.lastReply());
      return answer instanceof Answer.Locked ? answer : notTaken(e); // nothing was said yet
    }
    try {
      streaming.v2().billing().meterEventStream().create(params.build());
      return new Answer.Arrived();
    } catch (TemporarySessionExpiredException e) {
      forget();
      return notTaken(e);
    } catch (StripeException e) {
      Answer answer = Answers.of(e, http.lastReply());
      boolean oneIsKnown = answer instanceof Answer.Arrived && calls.size() > 1;
      return oneIsKnown ? refused(e) : answer; // which one is not said: nothing of the others
    }
  }

  private static Answer refused(StripeException e) {
    return new Answer.Refused(String.valueOf(e.getMessage()));
  }

  private Answer notTaken(StripeException e) {
    return new Answer.NotTaken(String.valueOf(e.getMessage()), http.lastReply().retryAfterMillis());
  }

  private static Event event(MeterCall call) {
    return Event.builder()
        .setEventName(call.event())
        .putPayload(StripeMeterEvents.CUSTOMER, call.customer())
        .putPayload(StripeMeterEvents.VALUE, Long.toString(call.units()))
        .setTimestamp(Instant.ofEpochSecond(call.second()))
        .setIdentifier(call.identifier())
        .build();
  }

  private synchronized StripeClient session() throws StripeException {
    Session open = session;
    if (open == null || !clock.instant().isBefore(open.ends.minus(EARLY))) {
      MeterEventSession fresh = stripe.v2().billing().meterEventSession().create();
      open =
          new Session(
              connection.client(fresh.getAuthenticationToken(), http), fresh.getExpiresAt());
      session = open;
    }
    return open.stripe;
  }

  private synchronized void forget() {
    session = null;
  }

  @Override
  public @Nullable BigDecimal sum(String event, String customer, long from, long to)
      throws StripeException {
    return sums.sum(event, customer, from, to);
  }

  @Override
  public Map<Long, BigDecimal> hours(String event, String customer, long from, long to)
      throws StripeException {
    return sums.hours(event, customer, from, to);
  }
}
