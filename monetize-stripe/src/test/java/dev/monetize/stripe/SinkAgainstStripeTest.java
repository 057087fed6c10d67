// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.billing.MeterCreateParams;
import com.stripe.param.billing.MeterCreateParams.CustomerMapping;
import com.stripe.param.billing.MeterCreateParams.DefaultAggregation;
import com.stripe.param.billing.MeterCreateParams.ValueSettings;
import dev.monetize.stripe.UsageComparison.Verdict;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.FakeStripe;
import dev.monetize.testkit.stripe.StripeFault;
import dev.monetize.usage.Ledger;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The sink through the SDK, over HTTP, against a Stripe with its rules. */
final class SinkAgainstStripeTest {

  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final String EVENTS = "/v1/billing/meter_events";
  private static final String STREAM = "/v2/billing/meter_event_stream";

  private final MutableClock clock = new MutableClock(START);
  private final FakeStripe stripe = FakeStripe.builder().clock(clock).start();
  private final StripeConnection connection =
      StripeConnection.with(stripe.apiKey())
          .at(URI.create(stripe.apiBase()))
          .timeout(Duration.ofSeconds(2));
  private final StripeClient client = connection.client();
  private final MemoryJournal outbox = new MemoryJournal();
  private final Ledger ledger = new Ledger(clock);
  private final UUID journal = UUID.randomUUID();
  private final Map<String, String> customers = new HashMap<>();
  private StripeUsageSink sink = open(new StripeMeterEvents(connection));
  private long sequence;

  SinkAgainstStripeTest() throws IOException, StripeException {
    client
        .v1()
        .billing()
        .meters()
        .create(
            MeterCreateParams.builder()
                .setDisplayName("Calls")
                .setEventName("api_calls")
                .setDefaultAggregation(
                    DefaultAggregation.builder().setFormula(DefaultAggregation.Formula.SUM).build())
                .setCustomerMapping(
                    CustomerMapping.builder()
                        .setType(CustomerMapping.Type.BY_ID)
                        .setEventPayloadKey("stripe_customer_id")
                        .build())
                .setValueSettings(ValueSettings.builder().setEventPayloadKey("value").build())
                .build());
    for (String name : List.of("acme", "other", "third")) {
      CustomerCreateParams params = CustomerCreateParams.builder().setName(name).build();
      customers.put(name, client.v1().customers().create(params).getId());
    }
  }

  @AfterEach
  void close() {
    sink.close();
    stripe.close();
  }

  private StripeUsageSink open(MeterEvents events) throws IOException {
    return StripeUsageSink.builder(connection, Path.of("unused"))
        .outbox(outbox::open)
        .meter("calls", "api_calls")
        .customers(name -> Optional.ofNullable(customers.get(name)))
        .clock(clock)
        .build(events, 0);
  }

  private void use(String customer, long units) throws IOException, InterruptedException {
    long nanos = clock.instant().getEpochSecond() * 1_000_000_000L;
    List<Measure> measures = List.of(new Measure("calls", units));
    UsageEvent event =
        new UsageEvent(nanos, nanos, customer, "", "pro", "", 200, false, measures, List.of());
    ledger.fold(++sequence, event);
    sink.deliver(
        new UsageBatch(journal, "stripe", List.of(new RecordedEvent(journal, sequence, event))));
  }

  private void send() throws IOException, InterruptedException {
    while (sink.step()) {
      // there may be more
    }
  }

  /** Goes on until nothing waits. */
  private void arrive() throws IOException, InterruptedException {
    sink.flush();
    for (int left = 100; left > 0 && sink.backlog().waiting() > 0; left--) {
      send();
      clock.advance(Duration.ofSeconds(30));
    }
    assertThat(sink.backlog().waiting()).isZero();
    stripe.settle();
  }

  private void assertArrived(String customer, long units) {
    assertThat(stripe.usage(customers.get(customer), "api_calls"))
        .isEqualByComparingTo(BigDecimal.valueOf(units));
  }

  @Test
  void use_arrivesOnceWhateverBecomesOfCalls() throws IOException, InterruptedException {
    stripe
        .faults()
        .next(
            EVENTS,
            StripeFault.lost(),
            StripeFault.unanswered(),
            StripeFault.resetBefore(),
            StripeFault.resetAfter(),
            StripeFault.errorBefore(),
            StripeFault.errorAfter(),
            StripeFault.tooMany(Duration.ofSeconds(2)),
            StripeFault.conflict());
    use("acme", 3);
    use("other", 4);
    use("third", 5);
    arrive();

    assertArrived("acme", 3);
    assertArrived("other", 4);
    assertArrived("third", 5);
    assertThat(sink.backlog().arrived()).isEqualTo(12);
    assertThat(sink.parked()).isEmpty();
    use("acme", 1);
    sink.flush();
    send();
    assertThat(sink.backlog().waiting()).as("all faults have happened").isZero();
  }

  @Test
  void use_arrivesOnceOverTheStream() throws IOException, InterruptedException {
    sink.close();
    sink = open(new StreamedMeterEvents(connection, clock));
    stripe
        .faults()
        .next(STREAM, StripeFault.lost(), StripeFault.unanswered(), StripeFault.errorAfter());
    use("acme", 3);
    use("other", 4);
    arrive();
    clock.advance(Duration.ofHours(1)); // the session is over
    use("acme", 30);
    arrive();

    assertArrived("acme", 33);
    assertArrived("other", 4);
    assertThat(stripe.calls("POST", STREAM)).isGreaterThanOrEqualTo(4);
    assertThat(stripe.calls("POST", EVENTS)).isZero();
  }

  @Test
  void keyThatMayNot_stops() throws IOException, InterruptedException {
    stripe.revoke(stripe.apiKey());
    use("acme", 1);
    sink.flush();
    send();

    assertThat(sink.backlog().stopped()).hasValueSatisfying(why -> assertThat(why).contains("401"));
    assertThat(sink.backlog().waiting()).isEqualTo(1);
  }

  @Test
  void keyThatMayNot_stops_alsoWhereSumsAreAskedFor() throws IOException, InterruptedException {
    stripe.faults().next(EVENTS, StripeFault.unanswered());
    use("acme", 1);
    sink.flush();
    send();
    clock.advance(Duration.ofHours(26));
    stripe.revoke(stripe.apiKey());
    send();

    assertThat(sink.backlog().stopped()).hasValueSatisfying(why -> assertThat(why).contains("401"));
    assertThat(sink.backlog().waiting()).isEqualTo(1);
  }

  @Test
  void use_thatIsTooOldIsParkedBeforeStripeWouldRefuseIt()
      throws IOException, InterruptedException {
    use("acme", 1);
    clock.advance(Duration.ofDays(34).plusHours(23));
    sink.flush();
    send();
    assertThat(sink.parked()).hasSize(0);
    assertThat(sink.backlog().arrived()).isEqualTo(1);

    use("acme", 1);
    clock.advance(Duration.ofDays(36));
    sink.flush();
    send();
    assertThat(sink.parked())
        .extracting(ParkedUsage::reason)
        .containsExactly("Stripe takes no usage that is older than 35 days");
  }

  @Test
  void useInDoubtForDays_isFoundInTheSums() throws IOException, InterruptedException {
    stripe.faults().next(EVENTS, StripeFault.unanswered(), StripeFault.lost());
    use("acme", 3);
    use("other", 4);
    sink.flush();
    send();
    clock.advance(Duration.ofDays(3));
    arrive();

    assertArrived("acme", 3);
    assertArrived("other", 4);
    assertThat(sink.backlog().arrived()).isEqualTo(7);
  }

  @Test
  void reconciler_findsWhatSomebodyElseReported()
      throws IOException, InterruptedException, StripeException {
    use("acme", 3);
    arrive();
    clock.advance(Duration.ofHours(2));
    stripe.settle();
    StripeReconciler reconciler = new StripeReconciler(sink, ledger::units);
    Instant end = clock.instant();
    assertThat(reconciler.check(customers.keySet(), START, end).lines(Verdict.EQUAL)).hasSize(3);

    new StripeMeterEvents(connection)
        .send(
            List.of(
                new MeterCall(
                    "api_calls",
                    customers.get("acme"),
                    1,
                    START.getEpochSecond(),
                    "of somebody else",
                    "key")));
    stripe.settle();
    clock.advance(Duration.ofMinutes(1));
    reconciler.check(customers.keySet(), START, end);
    clock.advance(Duration.ofMinutes(15));
    ReconcileReport report = reconciler.check(customers.keySet(), START, end);

    assertThat(report.lines(Verdict.DRIFT)).hasSize(1);
    assertThat(report.lines(Verdict.DRIFT).get(0).hours()).isEqualTo(Map.of(START, BigDecimal.ONE));
  }
}
