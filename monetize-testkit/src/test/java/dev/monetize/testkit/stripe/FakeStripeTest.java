// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.model.Customer;
import com.stripe.model.Subscription;
import dev.monetize.testkit.MutableClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The server itself: opened, looked at by people, closed, and how fast it is. */
class FakeStripeTest {

  @Test
  void page_showsWhatThereIs_andEscapesWhatCameFromOutside() throws Exception {
    try (Shop shop = new Shop()) {
      Wireless http = new Wireless(shop.stripe);
      http.post("/v1/customers", "name=<script>");
      Customer customer = shop.customer();
      Subscription subscription =
          shop.subscribe(customer, shop.flat(4900), shop.metered(shop.meter("calls"), "0.2"));
      shop.use(customer, "calls", 1234);
      String page = http.getWith("", "/").response().body();
      assertThat(page)
          .contains(customer.getId(), subscription.getId(), "1234", "49.00 usd", "calls")
          .contains("&lt;script&gt;")
          .doesNotContain("<script>");
    }
  }

  @Test
  void state_isJson() throws Exception {
    try (Shop shop = new Shop()) {
      Customer customer = shop.customer();
      shop.meter("calls");
      shop.use(customer, "calls", 7);
      JsonNode state = new Wireless(shop.stripe).getWith("", "/_state").json();
      JsonNode usage = state.path("meters").path(0).path("usage").path(0);
      assertThat(usage.path("customer").asText()).isEqualTo(customer.getId());
      assertThat(usage.path("value").asLong()).isEqualTo(7);
      assertThat(Json.parse(shop.stripe.state())).isEqualTo(state);
    }
  }

  @Test
  void people_turnTheClock_makeInvoicesFinal_andHaveThemFail() throws Exception {
    try (Shop shop = new Shop()) {
      Wireless http = new Wireless(shop.stripe);
      Customer customer = shop.customer();
      Subscription subscription = shop.subscribe(customer, shop.flat(4900));
      http.post("/_customers/" + customer.getId() + "/payments", "fail=true");
      assertThat(http.post("/_clock?advance=P31D", "").status()).isEqualTo(303);
      assertThat(shop.newest(customer).getStatus()).isEqualTo("draft");
      http.post("/_finalize", "");
      assertThat(shop.newest(customer).getStatus()).isEqualTo("open");
      assertThat(shop.again(subscription).getStatus()).isEqualTo("past_due");
      http.post("/_customers/" + customer.getId() + "/payments", "fail=false");
      http.post("/_bill", "subscription=" + subscription.getId());
      assertThat(shop.newest(customer).getStatus()).isEqualTo("paid");
      http.post("/_faults", "path=/v1/customers&fault=error_after&times=2");
      assertThat(http.get("/v1/customers").status()).isEqualTo(500);
      http.post("/_faults", "heal=true");
      assertThat(http.get("/v1/customers").status()).isEqualTo(200);
      assertThat(http.post("/_clock", "advance=soon").status()).isEqualTo(400);
      assertThat(http.post("/_nothing", "").status()).isEqualTo(404);
    }
  }

  @Test
  void advance_doesWhatIsDue() throws Exception {
    try (Shop shop = new Shop()) {
      Customer customer = shop.customer();
      shop.subscribe(customer, shop.flat(4900));
      shop.stripe.advance(Duration.ofDays(32));
      assertThat(shop.invoices(customer)).hasSize(2);
      assertThat(shop.newest(customer).getStatus()).isEqualTo("paid");
    }
  }

  @Test
  void calls_areCounted() throws Exception {
    try (Shop shop = new Shop()) {
      Customer customer = shop.customer();
      shop.meter("calls");
      shop.use(customer, "calls", 1);
      shop.use(customer, "calls", 1);
      assertThat(shop.stripe.calls("POST", "/v1/billing/meter_events")).isEqualTo(2);
      assertThat(shop.stripe.calls()).isEqualTo(4);
    }
  }

  @Test
  void sameSeed_givesTheSameIdentifiers() throws Exception {
    assertThat(firstCustomer(1)).isEqualTo(firstCustomer(1)).isNotEqualTo(firstCustomer(2));
  }

  private static String firstCustomer(long seed) throws Exception {
    try (Shop shop = new Shop(settings -> settings.seed(seed))) {
      return shop.customer().getId();
    }
  }

  @Test
  void close_endsIt_andMayBeRepeated() throws Exception {
    FakeStripe stripe = FakeStripe.start();
    Wireless http = new Wireless(stripe);
    http.get("/v1/prices");
    stripe.close();
    assertThatThrownBy(() -> http.get("/v1/prices")).isInstanceOf(IOException.class);
    stripe.close();
  }

  @Test
  void settings_areRefused_whereTheyMeanNothing() {
    assertThatThrownBy(() -> FakeStripe.builder().callsPerSecond(0))
        .hasMessage("callsPerSecond must be at least 1, got 0");
    assertThatThrownBy(() -> FakeStripe.builder().summaryLag(Duration.ofSeconds(-1)))
        .hasMessage("summaryLag must not be negative, got PT-1S");
    assertThatThrownBy(() -> FakeStripe.builder().apiVersion("2020-08-27"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not spoken here");
  }

  /** Prints, and asserts no time: machines differ. */
  @Test
  void speed_isPrinted() throws Exception {
    long since = System.nanoTime();
    FakeStripe stripe = FakeStripe.builder().clock(new MutableClock(Shop.START)).start();
    long started = System.nanoTime() - since;
    try (stripe) {
      int threads = 16;
      int calls = 250;
      since = System.nanoTime();
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      List<Future<Integer>> done = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String customer = "cus_" + i;
        done.add(pool.submit(() -> report(stripe, customer, calls)));
      }
      int accepted = 0;
      for (Future<Integer> each : done) {
        accepted += each.get();
      }
      pool.shutdown();
      double seconds = (System.nanoTime() - since) / 1e9;
      assertThat(accepted).isEqualTo(threads * calls);
      System.out.printf(
          "test Stripe: up in %d ms, %.0f calls/s on %d threads%n",
          started / 1_000_000, accepted / seconds, threads);
    }
  }

  private static int report(FakeStripe stripe, String customer, int calls) throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    int accepted = 0;
    for (int i = 0; i < calls; i++) {
      String form =
          "event_name=e&payload[stripe_customer_id]="
              + customer
              + "&payload[value]=1&identifier="
              + customer
              + "."
              + i;
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(stripe.apiBase() + "/v1/billing/meter_events"))
              .header("Authorization", "Bearer " + stripe.apiKey())
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(form))
              .build();
      accepted +=
          client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200 ? 1 : 0;
    }
    return accepted;
  }
}
