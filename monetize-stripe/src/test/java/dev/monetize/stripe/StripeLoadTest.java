// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.billing.MeterCreateParams;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.FakeStripe;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often Stripe is called for the requests of an hour, and how often in a second of it. */
final class StripeLoadTest {

  private static final int REQUESTS = Integer.getInteger("monetize.requests", 1_000_000);
  private static final int CUSTOMERS = 1000;
  private static final int A_SECOND = 500;
  private static final int BATCH = 10_000;
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final MutableClock clock = new MutableClock(START);
  private final FakeStripe stripe =
      FakeStripe.builder().clock(clock).callsPerSecond(A_SECOND).start();
  private final StripeConnection connection =
      StripeConnection.with(stripe.apiKey()).at(URI.create(stripe.apiBase()));
  private final Map<String, String> atStripe = new HashMap<>();
  private final UUID journal = UUID.randomUUID();
  private final Deque<Instant> lastSecond = new ArrayDeque<>();
  private int peak;

  @AfterEach
  void close() {
    stripe.close();
  }

  /** With sessions of the stream, which have a call of their own each quarter of an hour. */
  @ParameterizedTest
  @CsvSource({"/v1/billing/meter_events, 1000", "/v2/billing/meter_event_stream, 10"})
  void anHour_isACallForEachCustomer(String path, int calls)
      throws IOException, InterruptedException, StripeException {
    customers();
    boolean streamed = path.contains("v2");
    MeterEvents meters =
        streamed ? new StreamedMeterEvents(connection, clock) : new StripeMeterEvents(connection);
    long before = stripe.calls();
    try (StripeUsageSink sink = open(meters)) {
      requests(sink);
      send(sink);
    }
    stripe.settle();

    assertThat(stripe.calls("POST", path)).isEqualTo(calls);
    assertThat(stripe.calls() - before).isLessThanOrEqualTo(CUSTOMERS);
    assertThat(peak).isLessThanOrEqualTo(A_SECOND);
    BigDecimal each = BigDecimal.valueOf(REQUESTS / CUSTOMERS);
    for (String customer : atStripe.values()) {
      assertThat(stripe.usage(customer, "api_calls")).isEqualByComparingTo(each);
    }
    System.out.printf(
        "%,d requests of %,d customers in an hour: %,d calls to %s, at most %d in a second%n",
        REQUESTS, CUSTOMERS, stripe.calls() - before, path, peak);
  }

  private void customers() throws StripeException {
    StripeClient client = connection.client();
    MeterCreateParams params =
        MeterCreateParams.builder()
            .setDisplayName("Calls")
            .setEventName("api_calls")
            .setDefaultAggregation(
                MeterCreateParams.DefaultAggregation.builder()
                    .setFormula(MeterCreateParams.DefaultAggregation.Formula.SUM)
                    .build())
            .build();
    client.v1().billing().meters().create(params);
    for (int i = 0; i < CUSTOMERS; i++) {
      clock.advance(Duration.ofMillis(3));
      CustomerCreateParams named = CustomerCreateParams.builder().setName("c" + i).build();
      atStripe.put("c" + i, client.v1().customers().create(named).getId());
    }
    clock.set(START);
  }

  private StripeUsageSink open(MeterEvents meters) throws IOException {
    return StripeUsageSink.builder(connection, Path.of("unused"))
        .outbox(new MemoryJournal()::open)
        .meter("calls", "api_calls")
        .customers(name -> Optional.ofNullable(atStripe.get(name)))
        .callsPerSecond(A_SECOND)
        .clock(clock)
        .build(meters, 0);
  }

  /** All of them within the hour, one after the other by all customers. */
  private void requests(StripeUsageSink sink) throws IOException, InterruptedException {
    List<Measure> one = List.of(new Measure("calls", 1));
    long first = START.getEpochSecond() * 1_000_000_000L;
    long between = 3600 * 1_000_000_000L / REQUESTS;
    List<RecordedEvent> events = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      long nanos = first + i * between;
      String customer = "c" + i % CUSTOMERS;
      UsageEvent event =
          new UsageEvent(nanos, nanos, customer, "", "pro", "", 200, false, one, List.of());
      events.add(new RecordedEvent(journal, i + 1, event));
      if (events.size() == BATCH || i == REQUESTS - 1) {
        clock.set(event.time());
        sink.deliver(new UsageBatch(journal, "stripe", events));
        step(sink);
        events.clear();
      }
    }
  }

  /** The next hour: what is due is sent as fast as it may. */
  private void send(StripeUsageSink sink) throws IOException, InterruptedException {
    Instant end = START.plus(Duration.ofHours(2));
    while (clock.instant().isBefore(end)) {
      step(sink);
      boolean waits = sink.backlog().waiting() > 0;
      clock.advance(Duration.ofMillis(waits ? 7 : 10_000));
    }
    assertThat(sink.backlog().waiting() + sink.backlog().open()).isZero();
  }

  private void step(StripeUsageSink sink) throws IOException, InterruptedException {
    while (true) {
      long before = stripe.calls();
      boolean any = sink.step();
      Instant now = clock.instant();
      for (long calls = stripe.calls(); calls > before; calls--) {
        lastSecond.addLast(now);
      }
      while (!lastSecond.isEmpty() && !now.isBefore(lastSecond.getFirst().plusSeconds(1))) {
        lastSecond.removeFirst();
      }
      peak = Math.max(peak, lastSecond.size());
      if (!any) {
        return;
      }
    }
  }
}
