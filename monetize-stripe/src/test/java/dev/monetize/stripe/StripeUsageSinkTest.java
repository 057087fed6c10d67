// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static dev.monetize.stripe.ModelStripe.ANSWER_LOST;
import static dev.monetize.stripe.ModelStripe.ERROR;
import static dev.monetize.stripe.ModelStripe.LOCKED;
import static dev.monetize.stripe.ModelStripe.LOST;
import static dev.monetize.stripe.ModelStripe.REFUSED;
import static dev.monetize.stripe.ModelStripe.UNCOUNTED;
import static dev.monetize.stripe.ModelStripe.UNREACHED;
import static dev.monetize.stripe.ModelStripe.WORKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.monetize.stripe.ModelStripe.Sent;
import dev.monetize.stripe.OutboxEntry.Fate;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StripeUsageSinkTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  /** Its cut on the hour comes 9:59 late. */
  private static final UUID LATEST = new UUID(0, 569);

  private static final StripeConnection NOWHERE = StripeConnection.with("sk_test_none");

  private final MutableClock clock = new MutableClock(NOON);
  private final ModelStripe stripe = new ModelStripe(new SplittableRandom(1), clock);
  private final MemoryJournal outbox = new MemoryJournal();
  private final UUID journal = UUID.randomUUID();
  private StripeUsageSink sink = open(settings());
  private long sequence;

  StripeUsageSinkTest() throws IOException {}

  private StripeUsageSinkBuilder settings() {
    return StripeUsageSink.builder(NOWHERE, Path.of("unused"))
        .outbox(outbox::open)
        .meter("calls", "api_calls")
        .customers(
            customer ->
                customer.startsWith("free") ? Optional.empty() : Optional.of("cus_" + customer))
        .clock(clock);
  }

  private StripeUsageSink open(StripeUsageSinkBuilder builder) throws IOException {
    return builder.build(stripe, 0);
  }

  private UsageBatch batch(String customer, Instant... times) {
    List<RecordedEvent> events = new ArrayList<>();
    for (Instant time : times) {
      long nanos = time.getEpochSecond() * 1_000_000_000L;
      List<Measure> measures = List.of(new Measure("calls", 1), new Measure("other", 5));
      UsageEvent event =
          new UsageEvent(
              nanos, nanos, customer, "", "pro", "GET /", 200, false, measures, List.of());
      events.add(new RecordedEvent(journal, ++sequence, event));
    }
    return new UsageBatch(journal, "stripe", events);
  }

  private void use(String customer, Instant... times) throws IOException, InterruptedException {
    sink.deliver(batch(customer, times));
  }

  /** Does all that is due now. */
  private void send() throws IOException, InterruptedException {
    while (sink.step()) {
      // there may be more
    }
  }

  private void later(Duration by) throws IOException, InterruptedException {
    clock.advance(by);
    send();
  }

  @Test
  void use_ofAnHourIsOneCall() throws IOException, InterruptedException {
    use("acme", NOON, NOON.plusSeconds(5));
    use("acme", NOON.plusSeconds(1800));
    later(Duration.ofMinutes(59));
    assertThat(stripe.sent()).isEmpty();

    later(Duration.ofMinutes(11));

    assertThat(stripe.sent()).hasSize(1);
    assertThat(stripe.sent().get(0).customer()).isEqualTo("cus_acme");
    assertThat(stripe.sent().get(0).units()).isEqualTo(3);
    assertThat(stripe.sent().get(0).second()).isEqualTo(NOON.plusSeconds(1800).getEpochSecond());
    assertThat(sink.backlog().arrived()).isEqualTo(3);
  }

  /** As a health check does, while threads send. */
  @Test
  void backlog_isTold_whileUsageIsSent() throws IOException, InterruptedException {
    use("acme", NOON);
    List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
    Thread sender =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 50_000; i++) {
                  sink.step();
                }
              } catch (IOException | InterruptedException e) {
                failed.add(e);
              }
            });
    Thread asker =
        new Thread(
            () -> {
              for (int i = 0; i < 50_000; i++) {
                sink.backlog();
              }
            });
    for (Thread thread : List.of(sender, asker)) {
      thread.setDaemon(true);
      thread.start();
    }
    sender.join(30_000);
    asker.join(30_000);

    assertThat(sender.isAlive() || asker.isAlive()).as("they wait for each other").isFalse();
    assertThat(failed).isEmpty();
  }

  @Test
  void use_ofAPeriodThatEndedIsSentBeforeItsInvoiceIsFinal()
      throws IOException, InterruptedException {
    Instant begin = NOON.plusSeconds(61);
    sink.close();
    sink =
        open(
            settings()
                .periods(
                    (customer, hour) ->
                        Optional.of(begin)
                            .filter(one -> customer.equals("acme") && hour.equals(NOON))));
    use("acme", NOON.plusSeconds(60));
    use("other", NOON.plusSeconds(60));
    later(Duration.ofSeconds(80));
    assertThat(stripe.sent()).as("more may be on its way").isEmpty();
    use("acme", NOON.plusSeconds(60), begin);

    later(Duration.ofSeconds(90));

    assertThat(stripe.sent()).extracting(ModelStripe.Sent::units).containsExactly(2L);
    use("acme", NOON.plusSeconds(59));
    later(Duration.ofSeconds(60));
    assertThat(stripe.sent())
        .as("late")
        .extracting(ModelStripe.Sent::units)
        .containsExactly(2L, 1L);
    later(Duration.ofMinutes(66));
    assertThat(stripe.sent()).as("the rest, on the hour").hasSize(4);
  }

  /** The hour is over before what was used of it may be cut, and its own cut takes ten minutes. */
  @Test
  void use_ofAPeriodThatEndedWithItsHour_isNotSentWithTheHour()
      throws IOException, InterruptedException {
    periodOfAcmeBegins(NOON.plusSeconds(3599));
    later(Duration.ofMinutes(59));
    use("acme", NOON.plusSeconds(3598));
    use("other", NOON.plusSeconds(3598));
    later(Duration.ofMinutes(1));
    assertThat(stripe.sent()).as("more may be on its way").isEmpty();

    later(Duration.ofMinutes(2));

    assertThat(stripe.sent()).extracting(Sent::customer).containsExactly("cus_acme");
    later(Duration.ofMinutes(8));
    assertThat(stripe.sent()).extracting(Sent::customer).contains("cus_other");
  }

  /** As what was in the journal while the app was down, or of a call that took long. */
  @ParameterizedTest
  @ValueSource(ints = {1500, 3525, 3600})
  void use_thatComesAfterTheCutOfItsHour_isSentBeforeTheInvoiceOfItsPeriodIsFinal(int second)
      throws IOException, InterruptedException {
    Instant end = NOON.plusSeconds(second);
    periodOfAcmeBegins(end);
    use("acme", NOON);
    use("other", NOON);
    later(Duration.ofMinutes(71));
    int before = stripe.sent().size();
    use("acme", end.minusSeconds(1));
    use("other", end.minusSeconds(1));

    later(Duration.ofMinutes(2));

    assertThat(stripe.sent().subList(before, stripe.sent().size()))
        .extracting(Sent::customer, Sent::second, Sent::units)
        .containsExactly(tuple("cus_acme", end.getEpochSecond() - 1, 1L));
    later(Duration.ofMinutes(58));
    assertThat(sink.backlog().open()).as("the rest, on the hour").isZero();
  }

  private void periodOfAcmeBegins(Instant begin) throws IOException {
    sink.close();
    sink =
        open(
            settings()
                .outbox(new MemoryJournal(LATEST)::open)
                .periods(
                    (customer, hour) ->
                        Optional.of(begin)
                            .filter(one -> customer.equals("acme"))
                            .filter(one -> !one.isBefore(hour))
                            .filter(one -> one.isBefore(hour.plusSeconds(3600)))));
  }

  @Test
  void use_thatIsLateIsAnotherCallOfItsHour() throws IOException, InterruptedException {
    use("acme", NOON);
    later(Duration.ofMinutes(70));
    use("acme", NOON.plusSeconds(60));
    later(Duration.ofMinutes(2)); // a period may have ended with its hour

    assertThat(stripe.sent()).extracting(Sent::units).containsExactly(1L, 1L);
    assertThat(stripe.sent()).extracting(Sent::identifier).doesNotHaveDuplicates();
  }

  @Test
  void use_ofAnHourInWhichAPeriodBeginsIsTwoCalls() throws IOException, InterruptedException {
    Instant begins = NOON.plusSeconds(1000);
    sink.close();
    sink = open(settings().periods((customer, hour) -> Optional.of(begins)));
    use("acme", NOON.plusSeconds(999), NOON.plusSeconds(1000), NOON.plusSeconds(1500));
    later(Duration.ofMinutes(70));

    assertThat(stripe.sent())
        .extracting(one -> one.second() - NOON.getEpochSecond(), Sent::units)
        .containsExactly(tuple(999L, 1L), tuple(1500L, 2L));
  }

  @Test
  void batch_thatComesAgainIsNotTakenAgain() throws IOException, InterruptedException {
    UsageBatch batch = batch("acme", NOON);
    sink.deliver(batch);
    sink.deliver(batch);
    sink.flush();
    send();

    assertThat(stripe.taken()).extracting(ModelStripe.Taken::units).containsExactly(1L);
  }

  @Test
  void lostAnswer_isAskedForByTheSameIdentifierAndKey() throws IOException, InterruptedException {
    stripe.next(LOST, ANSWER_LOST);
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofMinutes(1));
    later(Duration.ofMinutes(1));

    assertThat(stripe.sent()).hasSize(3);
    assertThat(stripe.sent()).containsOnly(stripe.sent().get(0));
    assertThat(stripe.taken()).hasSize(1);
    assertThat(sink.backlog().waiting()).isZero();
  }

  @Test
  void error_thatWouldBeRepeatedIsAskedAgainByAnotherKey()
      throws IOException, InterruptedException {
    stripe.next(ERROR);
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofMinutes(1));

    assertThat(stripe.sent()).extracting(Sent::identifier).containsOnly(identifier(0));
    assertThat(stripe.sent()).extracting(Sent::key).doesNotHaveDuplicates();
    assertThat(stripe.taken()).hasSize(1);
  }

  private String identifier(int call) {
    return stripe.sent().get(call).identifier();
  }

  @Test
  void useInDoubtForADay_isLookedForWhenSumsHaveSettled() throws IOException, InterruptedException {
    stripe.next(LOST, ANSWER_LOST);
    use("acme", NOON);
    sink.flush();
    send();
    clock.advance(Duration.ofHours(22).plusMinutes(59));
    send();
    clock.advance(Duration.ofMinutes(2));
    send();
    assertThat(sink.backlog().waiting()).as("sums do not tell yet").isEqualTo(1);

    later(Duration.ofMinutes(10));

    assertThat(sink.backlog().arrived()).isEqualTo(1);
    assertThat(stripe.taken()).hasSize(1);
  }

  @Test
  void useThatWasLostADayAgo_goesUnderANewIdentifier() throws IOException, InterruptedException {
    stripe.next(LOST);
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofHours(24));
    send();

    assertThat(stripe.sent()).hasSize(2);
    assertThat(identifier(1)).isNotEqualTo(identifier(0));
    assertThat(stripe.taken()).hasSize(1);
    assertThat(sink.backlog().arrived()).isEqualTo(1);
  }

  @Test
  void useThatNeverLeft_isSentHoweverLate() throws IOException, InterruptedException {
    stripe.next(UNREACHED);
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofHours(80));

    assertThat(stripe.sent()).extracting(Sent::identifier).containsOnly(identifier(0));
    assertThat(sink.backlog().arrived()).isEqualTo(1);
  }

  @Test
  void sumThatTellsNothing_parks() throws IOException, InterruptedException {
    stripe.next(ANSWER_LOST);
    use("acme", NOON, NOON);
    sink.flush();
    send();
    stripe.send(
        List.of(
            new MeterCall("api_calls", "cus_acme", 7, NOON.getEpochSecond(), "another's", "key")));
    later(Duration.ofHours(24));

    assertThat(sink.parked()).hasSize(1);
    assertThat(sink.parked().get(0).reason())
        .isEqualTo(
            "it may have arrived, more than a day ago: of this hour Stripe has 9,"
                + " 0 arrived for certain, 2 may have");
    assertThat(sink.backlog().waiting()).isZero();

    assertThat(sink.drop(sink.parked().get(0).number())).isTrue();
    assertThat(sink.parked()).isEmpty();
    assertThat(sink.backlog().unbilled()).isEqualTo(2);
  }

  @Test
  void refusal_parksAndRetrySendsUnderANewIdentifier() throws IOException, InterruptedException {
    stripe.next(REFUSED);
    use("acme", NOON);
    sink.flush();
    send();
    assertThat(sink.parked()).extracting(ParkedUsage::reason).containsExactly("400 no such thing");
    assertThat(sink.retry(99)).isFalse();

    assertThat(sink.retry(sink.parked().get(0).number())).isTrue();
    send();

    assertThat(identifier(1)).isNotEqualTo(identifier(0));
    assertThat(sink.backlog().arrived()).isEqualTo(1);
    assertThat(sink.parked()).isEmpty();
  }

  @Test
  void useThatWasNotCounted_isSentAgain_once() throws IOException, InterruptedException {
    stripe.next(UNCOUNTED);
    use("acme", NOON, NOON);
    sink.flush();
    send();
    String uncounted = identifier(0);
    assertThat(sink.backlog().arrived()).isEqualTo(2);

    assertThat(sink.retry(uncounted)).isTrue();
    assertThat(sink.backlog().arrived()).isZero();
    assertThat(sink.backlog().waiting()).isEqualTo(1);
    assertThat(sink.retry(uncounted)).as("it is on its way").isFalse();
    send();

    assertThat(identifier(1)).isNotEqualTo(uncounted);
    assertThat(stripe.taken()).hasSize(1);
    assertThat(sink.backlog().arrived()).isEqualTo(2);
    assertThat(sink.retry(uncounted)).as("it has arrived").isFalse();
    sink.close();
    sink = open(settings());
    assertThat(sink.retry(uncounted)).isFalse();
    assertThat(sink.backlog().arrived()).isEqualTo(2);
    assertThat(sink.retry("of another")).isFalse();
  }

  /** Two look at it, and both write down that it is to be sent again. */
  @Test
  void useThatWasNotCounted_isSentAgainOnce_whereTwoDecideSo()
      throws IOException, InterruptedException {
    stripe.next(UNCOUNTED);
    use("acme", NOON);
    sink.flush();
    send();
    OutboxItem seen = sink.outbox().look(state -> state.item(1)).orElseThrow();
    sink.outbox().decide(Fate.RELEASED, 0, seen);
    send();
    sink.outbox().decide(Fate.RELEASED, 0, seen);
    send();

    assertThat(stripe.taken()).hasSize(1);
    assertThat(stripe.sent()).hasSize(2);
  }

  @Test
  void useThatWasNotCounted_aWeekAgo_isLookedForWhenItIsInDoubt()
      throws IOException, InterruptedException {
    stripe.next(UNCOUNTED);
    use("acme", NOON);
    sink.flush();
    send();
    use("acme", NOON);
    sink.flush();
    send();
    later(Duration.ofDays(7));
    stripe.next(LOST);
    sink.retry(identifier(0));
    send();
    later(Duration.ofHours(24));
    send();

    assertThat(sink.parked()).isEmpty();
    assertThat(stripe.taken()).hasSize(2);
    assertThat(sink.backlog().arrived()).isEqualTo(2);
  }

  @Test
  void parkedUse_isSentAgainByItsIdentifierToo() throws IOException, InterruptedException {
    stripe.next(REFUSED);
    use("acme", NOON);
    sink.flush();
    send();
    String refused = sink.parked().get(0).identifier();

    assertThat(sink.retry(refused)).isTrue();
    send();

    assertThat(sink.retry(refused)).isFalse();
    assertThat(sink.parked()).isEmpty();
    assertThat(sink.backlog().arrived()).isEqualTo(1);
  }

  @Test
  void keyThatMayNot_stopsUntilResumed() throws IOException, InterruptedException {
    stripe.next(LOCKED);
    use("acme", NOON);
    use("other", NOON);
    sink.flush();
    send();
    later(Duration.ofHours(2));
    assertThat(stripe.sent()).hasSize(1);
    assertThat(sink.backlog().stopped()).contains("401 no such key");

    sink.resume();
    send();

    assertThat(sink.backlog().arrived()).isEqualTo(2);
    assertThat(sink.backlog().stopped()).isEmpty();
  }

  @Test
  void customers_whoAreNotThereAreNotReported() throws IOException, InterruptedException {
    use("free-1", NOON);
    use("acme", NOON);
    sink.flush();
    send();

    assertThat(stripe.sent()).extracting(Sent::customer).containsExactly("cus_acme");
    assertThat(sink.backlog().unbilled()).isEqualTo(1);
  }

  @Test
  void flush_ofACustomerIsOfNobodyElse() throws IOException, InterruptedException {
    use("acme", NOON);
    use("other", NOON);
    sink.flush("acme");
    send();

    assertThat(stripe.sent()).extracting(Sent::customer).containsExactly("cus_acme");
    assertThat(sink.backlog().open()).isEqualTo(1);
  }

  @Test
  void use_thatIsTooOldIsParked() throws IOException, InterruptedException {
    use("acme", NOON.minus(Duration.ofDays(35)));
    sink.flush();
    send();

    assertThat(stripe.sent()).isEmpty();
    assertThat(sink.parked())
        .extracting(ParkedUsage::reason)
        .containsExactly("Stripe takes no usage that is older than 35 days");
  }

  @Test
  void calls_areNoMoreASecondThanAsked() throws IOException, InterruptedException {
    sink.close();
    sink = open(settings().callsPerSecond(5));
    for (int i = 0; i < 20; i++) {
      use("c" + i, NOON);
    }
    sink.flush();
    send();
    assertThat(stripe.sent()).as("at once").hasSizeBetween(5, 6);

    later(Duration.ofSeconds(1));
    assertThat(stripe.sent()).hasSizeBetween(10, 11);
  }

  @Test
  void several_goTogetherWhereStripeTakesThem() throws IOException, InterruptedException {
    stripe.most(10);
    for (int i = 0; i < 25; i++) {
      use("c" + i, NOON, NOON);
    }
    stripe.next(LOST, REFUSED, WORKS, REFUSED);
    sink.flush();
    send();
    later(Duration.ofMinutes(1));

    assertThat(stripe.taken()).hasSize(24);
    assertThat(stripe.calls()).isEqualTo(1 + 1 + 10 + 2);
    assertThat(sink.parked()).as("the one that was refused alone").hasSize(1);
    assertThat(sink.backlog().arrived()).isEqualTo(48);
  }

  @Test
  void several_thatWereRefusedTogetherGoOneByOneAtThePace()
      throws IOException, InterruptedException {
    stripe.most(10);
    sink.close();
    sink = open(settings().callsPerSecond(2));
    for (int i = 0; i < 9; i++) {
      use("c" + i, NOON);
    }
    stripe.next(REFUSED);
    sink.flush();
    send();
    assertThat(stripe.calls()).as("at once").isBetween(2, 3);

    for (int second = 1; second <= 5; second++) {
      int before = stripe.calls();
      later(Duration.ofSeconds(1));
      assertThat(stripe.calls() - before).isLessThanOrEqualTo(2);
    }
    assertThat(stripe.calls()).isEqualTo(1 + 9);
    assertThat(stripe.taken()).hasSize(9);

    for (int i = 0; i < 9; i++) {
      use("c" + i, clock.instant());
    }
    sink.flush();
    send();
    assertThat(stripe.calls()).as("together again").isEqualTo(1 + 9 + 1);
  }

  @Test
  void outage_isAskedNowAndThen() throws IOException, InterruptedException {
    stripe.out(true);
    for (int i = 0; i < 50; i++) {
      use("c" + i, NOON);
    }
    sink.flush();
    for (int i = 0; i < 3600; i++) {
      later(Duration.ofSeconds(1));
    }
    assertThat(stripe.sent()).hasSizeLessThan(150);

    stripe.out(false);
    for (int i = 0; i < 1200; i++) {
      later(Duration.ofSeconds(1));
    }
    assertThat(sink.backlog().arrived()).isEqualTo(50);
    assertThat(stripe.taken()).hasSize(50);
  }

  @Test
  void restart_goesOn() throws IOException, InterruptedException {
    use("acme", NOON);
    sink.close();
    sink = open(settings());
    assertThat(sink.backlog().open()).isEqualTo(1);
    assertThat(sink.backlog().oldest()).contains(NOON);

    sink.flush();
    sink.close();
    sink = open(settings());
    send();

    assertThat(sink.backlog().arrived()).isEqualTo(1);
    assertThat(sink.backlog().oldest()).isEmpty();
  }

  @Test
  void settings_thatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> settings().flushEvery(Duration.ofMinutes(90)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("flushEvery must be 1 s to 1 h, or full hours up to a day, got PT1H30M");
    assertThatThrownBy(() -> settings().meter("calls", "twice"))
        .hasMessage("meter \"calls\" is given twice");
    assertThatThrownBy(() -> settings().callsPerSecond(501))
        .hasMessage("callsPerSecond must be 1 to 500, got 501");
    assertThatThrownBy(() -> StripeUsageSink.builder(NOWHERE, Path.of("unused")).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no meter is reported: call meter(…)");
    assertThatThrownBy(() -> StripeConnection.with("sk_test "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("sk_test ");
    assertThat(NOWHERE).hasToString("StripeConnection[https://api.stripe.com]");
  }
}
