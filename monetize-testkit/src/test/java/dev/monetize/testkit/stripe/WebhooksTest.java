// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.StripeClient;
import com.stripe.events.V1BillingMeterErrorReportTriggeredEvent;
import com.stripe.events.V1BillingMeterErrorReportTriggeredEventNotification;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Event;
import com.stripe.model.WebhookEndpoint;
import com.stripe.model.v2.core.EventDestination;
import com.stripe.model.v2.core.EventNotification;
import com.stripe.net.Webhook;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.v2.core.EventDestinationCreateParams;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How events reach who listens, read by Stripe's own SDK. */
class WebhooksTest {

  private final Shop shop = new Shop();
  private final Inbox inbox = new Inbox();

  @BeforeEach
  void open() throws StripeException {
    WebhookEndpoint endpoint =
        shop.client
            .v1()
            .webhookEndpoints()
            .create(
                WebhookEndpointCreateParams.builder()
                    .setUrl(inbox.url())
                    .setApiVersion(WebhookEndpointCreateParams.ApiVersion.VERSION_2026_07_29_DAHLIA)
                    .addEnabledEvent(WebhookEndpointCreateParams.EnabledEvent.CUSTOMER__CREATED)
                    .addEnabledEvent(WebhookEndpointCreateParams.EnabledEvent.CUSTOMER__UPDATED)
                    .build());
    inbox.secret = endpoint.getSecret();
  }

  @AfterEach
  void close() {
    shop.close();
    inbox.close();
  }

  private List<String> names() throws Exception {
    shop.stripe.settle();
    return inbox.letters().stream()
        .map(letter -> ((Customer) event(letter).getDataObjectDeserializer().getObject().get()))
        .map(Customer::getName)
        .toList();
  }

  private Event event(Inbox.Letter letter) {
    try {
      Clock clock = Clock.fixed(shop.clock.instant(), ZoneOffset.UTC);
      return Webhook.constructEvent(letter.body(), letter.signature(), inbox.secret, 300, clock);
    } catch (StripeException e) {
      throw new IllegalStateException(e);
    }
  }

  private void create(String... names) throws StripeException {
    for (String name : names) {
      shop.client.v1().customers().create(CustomerCreateParams.builder().setName(name).build());
    }
  }

  @Test
  void event_isSigned_andHoldsItsObject() throws Exception {
    create("A");
    assertThat(names()).containsExactly("A");
    Event event = event(inbox.letters().get(0));
    assertThat(event.getType()).isEqualTo("customer.created");
    assertThat(event.getApiVersion()).isEqualTo("2026-07-29.dahlia");
    assertThat(event.getRequest().getId()).startsWith("req_");
    assertThat(shop.client.v1().events().retrieve(event.getId()).getType())
        .isEqualTo("customer.created");
  }

  @Test
  void event_thatNobodyWants_isNotDelivered() throws Exception {
    shop.meter("calls");
    shop.stripe.settle();
    assertThat(inbox.letters()).isEmpty();
  }

  @Test
  void events_areHeld_andReleasedInOrderOrInAnother() throws Exception {
    shop.stripe.webhooks().hold();
    create("A", "B", "C", "D", "E");
    assertThat(names()).isEmpty();
    shop.stripe.webhooks().release();
    assertThat(names()).containsExactly("A", "B", "C", "D", "E");
    inbox.clear();
    shop.stripe.webhooks().hold();
    create("A", "B", "C", "D", "E");
    shop.stripe.webhooks().releaseShuffled(3);
    List<String> shuffled = names();
    assertThat(shuffled)
        .containsExactlyInAnyOrder("A", "B", "C", "D", "E")
        .isNotEqualTo(List.of("A", "B", "C", "D", "E"));
  }

  @Test
  void events_areRepeated() throws Exception {
    shop.stripe.webhooks().repeat(3);
    create("A");
    assertThat(names()).containsExactly("A", "A", "A");
    assertThatThrownBy(() -> shop.stripe.webhooks().repeat(0))
        .hasMessage("times must be at least 1, got 0");
  }

  @Test
  void eventThatIsRefused_comesAgain_threeTimes() throws Exception {
    inbox.status = 500;
    create("A");
    shop.stripe.settle();
    assertThat(inbox.letters()).hasSize(1);
    shop.later(Duration.ofSeconds(59));
    assertThat(inbox.letters()).hasSize(1);
    shop.later(Duration.ofSeconds(1));
    assertThat(inbox.letters()).hasSize(2);
    shop.later(Duration.ofMinutes(30));
    shop.later(Duration.ofHours(3));
    assertThat(inbox.letters()).hasSize(4);
    shop.later(Duration.ofDays(9));
    assertThat(inbox.letters()).hasSize(4);
    assertThat(shop.stripe.webhooks().deliveries())
        .extracting(StripeDelivery::attempt)
        .containsExactly(1, 2, 3, 4);
  }

  @Test
  void eventThatIsLost_comesAgain() throws Exception {
    shop.stripe.webhooks().lose(1);
    create("A", "B");
    assertThat(names()).containsExactly("B");
    shop.later(Duration.ofMinutes(1));
    assertThat(names()).containsExactly("B", "A");
    assertThat(shop.stripe.webhooks().deliveries().get(0).status()).isEmpty();
    assertThat(shop.stripe.webhooks().deliveries().get(2).taken()).isTrue();
  }

  @Test
  void invalidMeterEvents_areReportedAfterAWindow_inOneThinEvent() throws Exception {
    Inbox thin = new Inbox();
    try (thin) {
      thin.secret = destination(thin).getWebhookEndpoint().getSigningSecret();
      Customer customer = shop.customer();
      String meter = shop.meter("calls").getId();
      for (int i = 0; i < 7; i++) {
        String identifier = "bad" + i;
        shop.use(customer, "calls", "1.5", each -> each.setIdentifier(identifier));
      }
      Customer nobody = new Customer();
      nobody.setId("cus_nobody");
      shop.use(nobody, "calls", "1", each -> each.setIdentifier("whose"));
      shop.use(customer, "unknown", "1", each -> each.setIdentifier("what"));
      shop.later(Duration.ofSeconds(9));
      assertThat(thin.letters()).isEmpty();
      shop.later(Duration.ofSeconds(1));
      assertThat(thin.letters()).hasSize(2);
      V1BillingMeterErrorReportTriggeredEvent event = report(thin);
      assertThat(event.getRelatedObject().getId()).isEqualTo(meter);
      assertThat(event.fetchRelatedObject().getEventName()).isEqualTo("calls");
      JsonNode reason = data(event.getId()).path("reason"); // for which the SDK has no getters
      assertThat(reason.path("error_count").asInt()).isEqualTo(8);
      JsonNode types = reason.path("error_types");
      assertThat(types.findValuesAsText("code"))
          .containsExactly("meter_event_invalid_value", "meter_event_customer_not_found");
      assertThat(types.path(0).path("error_count").asInt()).isEqualTo(7);
      assertThat(types.path(0).path("sample_errors")).as("only samples").hasSize(5);
      assertThat(types.path(0).path("sample_errors").findValuesAsText("identifier"))
          .startsWith("bad0");
      assertThat(thin.letters().get(1).body()).contains("v1.billing.meter.no_meter_found");
    }
  }

  private JsonNode data(String event) throws Exception {
    return new Wireless(shop.stripe)
        .get("/v2/core/events/" + event, "Stripe-Version", "2026-07-29.dahlia")
        .json()
        .path("data");
  }

  private EventDestination destination(Inbox thin) throws StripeException {
    return shop.client
        .v2()
        .core()
        .eventDestinations()
        .create(
            EventDestinationCreateParams.builder()
                .setName("errors")
                .setType(EventDestinationCreateParams.Type.WEBHOOK_ENDPOINT)
                .setEventPayload(EventDestinationCreateParams.EventPayload.THIN)
                .addEnabledEvent("v1.billing.meter.error_report_triggered")
                .addEnabledEvent("v1.billing.meter.no_meter_found")
                .setWebhookEndpoint(
                    EventDestinationCreateParams.WebhookEndpoint.builder()
                        .setUrl(thin.url())
                        .build())
                .addInclude(EventDestinationCreateParams.Include.WEBHOOK_ENDPOINT__SIGNING_SECRET)
                .build());
  }

  private V1BillingMeterErrorReportTriggeredEvent report(Inbox thin) throws StripeException {
    StripeClient client = shop.client;
    Inbox.Letter letter = thin.letters().get(0);
    assertThat(letter.body()).doesNotContain("sample_errors");
    EventNotification notification = EventNotification.fromJson(letter.body(), client);
    assertThat(notification)
        .isInstanceOf(V1BillingMeterErrorReportTriggeredEventNotification.class);
    return ((V1BillingMeterErrorReportTriggeredEventNotification) notification).fetchEvent();
  }
}
