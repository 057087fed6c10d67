// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.StripeClient;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.exception.TemporarySessionExpiredException;
import com.stripe.model.Customer;
import com.stripe.model.v2.billing.MeterEvent;
import com.stripe.model.v2.billing.MeterEventSession;
import com.stripe.param.v2.billing.MeterEventCreateParams;
import com.stripe.param.v2.billing.MeterEventStreamCreateParams;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Meter events of the second version: one by one, and as a stream. */
class StreamTest {

  private final Shop shop = new Shop();
  private Customer customer;

  @BeforeEach
  void open() throws StripeException {
    customer = shop.customer();
    shop.meter("calls");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private int counted() {
    return shop.stripe.usage(customer.getId(), "calls").intValueExact();
  }

  private MeterEvent use(String identifier, String value) throws StripeException {
    return shop.client
        .v2()
        .billing()
        .meterEvents()
        .create(
            MeterEventCreateParams.builder()
                .setEventName("calls")
                .setIdentifier(identifier)
                .putPayload("stripe_customer_id", customer.getId())
                .putPayload("value", value)
                .setTimestamp(shop.clock.instant())
                .build());
  }

  @Test
  void event_counts_andItsIdentifierIsRefusedWithACode() throws Exception {
    MeterEvent event = use("a", "5");
    assertThat(event.getTimestamp()).isEqualTo(Shop.START);
    InvalidRequestException again =
        catchThrowableOfType(InvalidRequestException.class, () -> use("a", "5"));
    assertThat(again.getCode()).isEqualTo("duplicate_meter_event");
    assertThat(counted()).isEqualTo(5);
  }

  @Test
  void identifiers_areThoseOfTheFirstVersionToo() throws Exception {
    use("a", "5");
    assertThatThrownBy(() -> shop.use(customer, "calls", 5, each -> each.setIdentifier("a")))
        .hasMessageContaining("already exists");
  }

  private void stream(StripeClient client, MeterEventStreamCreateParams.Event... events)
      throws StripeException {
    MeterEventStreamCreateParams.Builder params = MeterEventStreamCreateParams.builder();
    for (MeterEventStreamCreateParams.Event event : events) {
      params.addEvent(event);
    }
    client.v2().billing().meterEventStream().create(params.build());
  }

  private MeterEventStreamCreateParams.Event event(String identifier, String value, Instant at) {
    return MeterEventStreamCreateParams.Event.builder()
        .setEventName("calls")
        .setIdentifier(identifier)
        .putPayload("stripe_customer_id", customer.getId())
        .putPayload("value", value)
        .setTimestamp(at)
        .build();
  }

  @Test
  void stream_takesManyEvents_andRefusesNone() throws Exception {
    MeterEventSession session = shop.client.v2().billing().meterEventSession().create();
    StripeClient streaming = shop.client(session.getAuthenticationToken());
    Instant now = Shop.START;
    stream(
        streaming,
        event("a", "5", now),
        event("a", "5", now),
        event("b", "x", now),
        event("c", "1", now.minus(Duration.ofDays(36))),
        event("d", "2", now));
    assertThat(counted()).isEqualTo(7);
  }

  @Test
  void stream_takesAHundredEvents() throws Exception {
    MeterEventSession session = shop.client.v2().billing().meterEventSession().create();
    StripeClient streaming = shop.client(session.getAuthenticationToken());
    MeterEventStreamCreateParams.Event[] events = new MeterEventStreamCreateParams.Event[101];
    for (int i = 0; i < events.length; i++) {
      events[i] = event("e" + i, "1", Shop.START);
    }
    assertThatThrownBy(() -> stream(streaming, events))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("1 to 100 events");
    assertThat(counted()).isZero();
  }

  @Test
  void session_isNeeded_andEndsAfterAQuarterOfAnHour() throws Exception {
    assertThatThrownBy(() -> stream(shop.client, event("a", "1", Shop.START)))
        .isInstanceOf(AuthenticationException.class);
    MeterEventSession session = shop.client.v2().billing().meterEventSession().create();
    StripeClient streaming = shop.client(session.getAuthenticationToken());
    shop.later(Duration.ofMinutes(15).minusSeconds(1));
    stream(streaming, event("a", "1", Shop.START));
    shop.later(Duration.ofSeconds(1));
    assertThatThrownBy(() -> stream(streaming, event("b", "1", Shop.START)))
        .isInstanceOf(TemporarySessionExpiredException.class);
    assertThat(counted()).isEqualTo(1);
  }
}
