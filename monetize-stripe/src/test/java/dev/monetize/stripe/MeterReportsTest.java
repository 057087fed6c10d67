// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.v2.core.EventDestination;
import com.stripe.param.v2.core.EventDestinationCreateParams;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Stripe finds fault with after it took it. */
final class MeterReportsTest {

  private static final String REPORT =
      """
      {"id": "evt_test_1", "object": "v2.core.event", "created": "2026-03-10T13:00:10Z",
       "type": "v1.billing.meter.error_report_triggered",
       "related_object": {"id": "mtr_1", "type": "billing.meter"},
       "data": {"reason": {"error_count": 3, "error_types": [
         {"code": "meter_event_customer_not_found", "error_count": 2, "sample_errors": [
           {"error_message": "No such customer", "request": {"identifier": "one"}},
           {"error_message": "No such customer", "request": {"identifier": "two"}}]},
         {"code": "archived_meter", "error_count": 1, "sample_errors": []}]}}}
      """;

  @TempDir private Path data;
  private Shop shop;
  private StripeUsageSink sink;
  private String atStripe = "cus_nobody";
  private final MemoryJournal outbox = new MemoryJournal();

  @BeforeEach
  void open() throws StripeException, IOException {
    shop = new Shop(data);
    sink = sink();
    shop.billing = shop.open(new MemoryJournal(), with -> with);
    shop.servlet = new StripeWebhookServlet(shop.billing, Shop.SECRET);
    shop.billing.start(shop.monetizer, sink);
  }

  private StripeUsageSink sink() throws IOException {
    return StripeUsageSink.builder(shop.connection, Path.of("unused"))
        .outbox(outbox::open)
        .meter("calls", "api_calls")
        .customers(customer -> Optional.of(atStripe))
        .clock(shop.clock)
        .build(new StripeMeterEvents(shop.connection), 0);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private void use(Instant at) throws IOException, InterruptedException {
    long nanos = at.getEpochSecond() * 1_000_000_000L;
    List<Measure> calls = List.of(new Measure("calls", 7));
    UsageEvent event =
        new UsageEvent(nanos, nanos, "acme", "", "pro", "GET /", 200, false, calls, List.of());
    UUID journal = UUID.randomUUID();
    sink.deliver(new UsageBatch(journal, "stripe", List.of(new RecordedEvent(journal, 1, event))));
    sink.flush();
    while (sink.step()) {
      // there may be more
    }
  }

  @Test
  void usageThatCouldNotBeCounted_isShownWithWhatItWas() throws Exception {
    use(Shop.START);
    assertThat(sink.backlog().arrived()).as("Stripe took it").isEqualTo(7);
    List<String> thin = thin(shop);
    assertThat(thin).hasSize(1);

    assertThat(shop.deliver(thin.get(0))).isEqualTo(200);
    assertThat(shop.deliver(thin.get(0))).isEqualTo(200);
    shop.work();

    assertThat(shop.billing.inbox().pending()).isZero();
    assertThat(shop.billing.meterErrors())
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.code()).isEqualTo("meter_event_customer_not_found");
              assertThat(error.count()).isEqualTo(1);
              assertThat(error.meter()).isPresent();
              assertThat(error.identifiers()).hasSize(1);
              assertThat(error.usage())
                  .singleElement()
                  .satisfies(
                      usage -> {
                        assertThat(usage.window().customer()).isEqualTo("acme");
                        assertThat(usage.window().meter()).isEqualTo("calls");
                        assertThat(usage.units()).isEqualTo(7);
                        assertThat(usage.identifier()).isEqualTo(error.identifiers().get(0));
                      });
            });
  }

  @Test
  void usageThatCouldNotBeCounted_isSentAgain_whenTheFaultIsMended() throws Exception {
    use(Shop.START);
    shop.deliver(thin(shop).get(0));
    shop.work();
    atStripe = shop.customer("acme");
    String identifier = shop.billing.meterErrors().get(0).usage().get(0).identifier();

    assertThat(sink.retry(identifier)).isTrue();
    while (sink.step()) {
      // there may be more
    }

    assertThat(shop.stripe.usage(atStripe, "api_calls")).isEqualByComparingTo("7");
    assertThat(sink.backlog().arrived()).isEqualTo(7);
    assertThat(sink.retry(identifier)).as("the error is still shown").isFalse();
  }

  /** What a destination with thin payloads is brought after the report's window. */
  private static List<String> thin(Shop shop) throws Exception {
    try (Listener listener = new Listener()) {
      destination(shop, listener.url("/"));
      shop.later(Duration.ofSeconds(10));
      return listener.bodies();
    }
  }

  private static EventDestination destination(Shop shop, String url) throws StripeException {
    return shop.client
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
  }

  @Test
  void usage_isFoundByItsIdentifier_alsoAfterARestart() throws Exception {
    use(Shop.START);
    String identifier =
        Identifiers.of(
            outboxId(), new OutboxItem(1, 0, window(), 7, Shop.START.getEpochSecond(), 0));
    assertThat(sink.reported(identifier)).isPresent();
    sink.close();
    sink = sink();
    assertThat(sink.reported(identifier).orElseThrow().units()).isEqualTo(7);
    for (String other :
        List.of("", "x", identifier + "0", identifier.replace("-1-0-", "-2-0-"), "u1.abc")) {
      assertThat(sink.reported(other)).as(other).isEmpty();
    }
  }

  private UUID outboxId() {
    return outbox.open(shop.clock, List.of()).id();
  }

  private static UsageWindow window() {
    return new UsageWindow("acme", "calls", Instant.parse("2026-03-10T12:00:00Z"));
  }

  @Test
  void report_isReadErrorByError() {
    MeterReports reports = new MeterReports(shop.client, identifier -> Optional.empty());
    Instant at = Instant.parse("2026-03-10T13:00:10Z");
    assertThat(reports.read(REPORT, Instant.EPOCH))
        .containsExactly(
            new MeterError(
                Optional.of("mtr_1"),
                "meter_event_customer_not_found",
                2,
                "No such customer",
                List.of("one", "two"),
                List.of(),
                at),
            new MeterError(
                Optional.of("mtr_1"), "archived_meter", 1, "", List.of(), List.of(), at));
  }

  @Test
  void report_howeverLong_fitsIntoANote() {
    StringBuilder samples = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      samples
          .append(i == 0 ? "" : ",")
          .append("{\"error_message\": \"" + "m".repeat(5000) + "\",")
          .append("\"request\": {\"identifier\": \"" + i + "i".repeat(200) + "\"}}");
    }
    String long1 =
        REPORT
            .replace(
                "{\"error_message\": \"No such customer\", \"request\": {\"identifier\": \"one\"}}",
                samples)
            .replace("mtr_1", "m".repeat(1000));
    UsageWindow window = new UsageWindow("c".repeat(128), "m".repeat(40), Shop.START);
    MeterReports reports =
        new MeterReports(
            shop.client, identifier -> Optional.of(new ReportedUsage(window, 1, identifier)));
    MeterError error = reports.read(long1, Shop.START).get(0);
    assertThat(error.identifiers()).hasSize(8);
    byte[] note = new BillingEntry.Failed(error).toBytes();
    assertThat(note.length).isLessThan(4096);
    assertThat(((BillingEntry.Failed) BillingEntry.of(note)).error()).isEqualTo(error);
  }
}
