// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.WebhookEndpoint;
import com.stripe.model.v2.core.EventDestination;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointCreateParams.EnabledEvent;
import com.stripe.param.billing.MeterEventCreateParams;
import com.stripe.param.v2.core.EventDestinationCreateParams;
import dev.monetize.stripe.StripeConnection;
import dev.monetize.stripe.StripeWebhookServlet;
import dev.monetize.testkit.FreePorts;
import dev.monetize.testkit.stripe.FakeStripe;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances bill at one Stripe: a customer subscribes, uses, and is reported once. */
class StripeProcessTest {

  private static final String STATUS = "/billing/status";
  private static final String CHECKOUT = "/billing/checkout?tier=pro";
  private static final long PATIENCE_SECONDS = 60;

  @TempDir private Path data;
  private final FakeStripe stripe =
      FakeStripe.builder().reportWindow(Duration.ofSeconds(1)).start();
  private RedisProcess redis;
  private InstanceProcess one;
  private InstanceProcess other;

  @BeforeEach
  void start() throws IOException, StripeException {
    redis = new RedisProcess();
    int port = FreePorts.next();
    String url = "http://localhost:" + port + "/stripe/webhook";
    String secrets = webhook(url) + ", " + destination(url);
    one = instance("one", port, "", secrets);
    other = instance("other", 0, InstanceProcess.ADMIN_TOKEN, secrets);
    one.awaitReady();
    other.awaitReady();
  }

  @AfterEach
  void stop() throws IOException {
    one.close();
    other.close();
    stripe.close();
    redis.close();
  }

  private StripeClient client() {
    return StripeConnection.with(stripe.apiKey()).at(URI.create(stripe.apiBase())).client();
  }

  /** An endpoint at Stripe; what it signs with. */
  private String webhook(String url) throws StripeException {
    WebhookEndpoint made =
        client()
            .v1()
            .webhookEndpoints()
            .create(
                WebhookEndpointCreateParams.builder()
                    .setUrl(url)
                    .addEnabledEvent(EnabledEvent.ALL)
                    .build());
    return made.getSecret();
  }

  /** Where thin events go; what they are signed with. */
  private String destination(String url) throws StripeException {
    EventDestination made =
        client()
            .v2()
            .core()
            .eventDestinations()
            .create(
                EventDestinationCreateParams.builder()
                    .setName("errors")
                    .setType(EventDestinationCreateParams.Type.WEBHOOK_ENDPOINT)
                    .setEventPayload(EventDestinationCreateParams.EventPayload.THIN)
                    .addAllEnabledEvent(StripeWebhookServlet.THIN_EVENTS)
                    .setWebhookEndpoint(
                        EventDestinationCreateParams.WebhookEndpoint.builder().setUrl(url).build())
                    .build());
    return made.getWebhookEndpoint().getSigningSecret();
  }

  private InstanceProcess instance(String name, int port, String token, String secrets)
      throws IOException {
    String url = redis.url() + "?timeout=5000ms"; // it is never away here, but may be slow
    Map<String, String> environment = InstanceProcess.environment(url, data.resolve(name));
    environment.put("PORT", Integer.toString(port));
    environment.put("STRIPE_API_KEY", stripe.apiKey());
    environment.put("STRIPE_API_BASE", stripe.apiBase());
    environment.put("STRIPE_WEBHOOK_SECRET", secrets);
    environment.put("MONETIZE_ADMIN_TOKEN", token);
    environment.put("STRIPE_FLUSH_SECONDS", "1");
    return InstanceProcess.start(environment);
  }

  private static void await(String what, Callable<Boolean> is) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!is.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static String tier(InstanceProcess of, String key) throws Exception {
    return Api.json(of.api().get(key, "/usage")).path("tier").textValue();
  }

  @Test
  void customer_subscribesUsesAndIsReportedOnce_alsoWhenAnInstanceDies() throws Exception {
    String key = one.key("free");
    await("prices are made", () -> other.api().get(key, CHECKOUT).statusCode() == 200);
    String page = Api.json(other.api().get(key, CHECKOUT)).path("url").textValue();
    assertThat(tier(one, key)).isEqualTo("free");

    stripe.completeCheckout(page.substring(page.lastIndexOf('/') + 1));

    await("both know what was subscribed to", () -> "pro".equals(tier(one, key)));
    await("both know what was subscribed to", () -> "pro".equals(tier(other, key)));
    assertThat(one.api().get(key, CHECKOUT).statusCode()).as("has one").isEqualTo(409);

    long calls = 0;
    for (int i = 0; i < 20; i++) {
      assertThat(one.api().generate(key, "", "a b").statusCode()).isEqualTo(200);
      assertThat(other.api().hello(key)).isEqualTo(200);
      calls += 2;
    }
    String customer = stripeCustomer();
    long before = calls;
    await("all is reported", () -> reported(customer, "monetize_calls") == before);

    await("nothing is on its way", () -> onTheWay() == 0);
    assertThat(backlog().path("arrived").longValue()).as("calls, and no tokens").isEqualTo(before);

    assertThat(one.api().hello(key)).isEqualTo(200);
    one.close(); // whichever of them reports, the other has to know of it
    for (int i = 0; i < 10; i++) {
      assertThat(other.api().hello(key)).isEqualTo(200);
    }
    calls += 11;
    long all = calls;
    await("all is reported", () -> reported(customer, "monetize_calls") == all);
    assertThat(other.terminate(5)).as("ends within 5 s").isTrue();
    assertThat(reported(customer, "monetize_calls")).isEqualTo(all);
  }

  @Test
  void whoIsNotKnown_andWhatIsNotSold_areToldSo() throws Exception {
    assertThat(one.api().get("mk_live_none", CHECKOUT).statusCode()).isEqualTo(401);
    String key = one.key("free");
    assertThat(one.api().get(key, "/billing/checkout").statusCode()).isEqualTo(400);
    assertThat(one.api().get(key, "/billing/checkout?tier=gold").statusCode()).isEqualTo(400);
    assertThat(one.api().get(key, "/billing/checkout?tier=enterprise").statusCode()).isEqualTo(409);
    assertThat(one.api().used(key, "calls")).as("none of them is a call").isZero();
  }

  @Test
  void operator_isShownHowBillingStands() throws Exception {
    String key = one.key("free");
    assertThat(one.api().billing("").statusCode()).as("off without a token").isEqualTo(404);
    assertThat(other.api().get(key, STATUS).statusCode()).isEqualTo(401);
    assertThat(other.api().billing("?customer=nobody").statusCode()).isEqualTo(404);

    client()
        .v1()
        .billing()
        .meterEvents()
        .create(
            MeterEventCreateParams.builder()
                .setEventName("nobody_made_it")
                .putPayload("value", "1")
                .build());
    await("one was told by a thin event", () -> !status("").path("meterErrors").isEmpty());
    JsonNode error = status("").path("meterErrors").get(0);
    assertThat(error.path("code").textValue()).isEqualTo("no_meter");
    assertThat(error.path("meter").isNull()).isTrue();
    assertThat(error.path("at").textValue()).startsWith("20").endsWith("Z");
    assertThat(status("").path("parked").isArray()).isTrue();
    await("all events are dealt with", () -> status("").at("/inbox/pending").intValue() == 0);
    assertThat(status("").has("report")).as("only if it is asked for").isFalse();

    await("it is at Stripe", () -> one.api().get(key, CHECKOUT).statusCode() == 200);
    await("Stripe is asked", () -> "EQUAL".equals(compared().at("/0/verdict").textValue()));
    assertThat(compared()).as("a line of each meter that has a price").hasSize(1);
    assertThat(compared().at("/0/meter").textValue()).isEqualTo("calls");
  }

  private JsonNode status(String query) throws Exception {
    HttpResponse<String> answer = other.api().billing(query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Api.json(answer);
  }

  /** What of the free customer is compared: nothing until it is at Stripe. */
  private JsonNode compared() throws Exception {
    return status("?customer=demo-free").at("/report/lines");
  }

  private JsonNode backlog() throws Exception {
    return status("").path("backlog");
  }

  private long onTheWay() throws Exception {
    return backlog().path("open").longValue() + backlog().path("waiting").longValue();
  }

  private long reported(String customer, String event) {
    BigDecimal units = stripe.usage(customer, event);
    return units.longValueExact();
  }

  private String stripeCustomer() throws IOException {
    JsonNode customers = Api.json(stripe.state()).path("customers");
    assertThat(customers).hasSize(1);
    return customers.get(0).path("id").textValue();
  }
}
