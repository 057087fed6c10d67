// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.monetize.stripe.ModelStripe.Sent;
import dev.monetize.testkit.MemoryJournal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When use is cut into items: by the hour, and where a billing period begins. */
final class UsageCutTest extends SinkCase {

  /** Its cut on the hour comes 9:59 late. */
  private static final UUID LATEST = new UUID(0, 569);

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

  @Test
  void use_ofAPeriodThatEndedIsSentBeforeItsInvoiceIsFinal()
      throws IOException, InterruptedException {
    Instant begin = NOON.plusSeconds(61);
    restart(
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
    restart(
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
    restart(settings().periods((customer, hour) -> Optional.of(begins)));
    use("acme", NOON.plusSeconds(999), NOON.plusSeconds(1000), NOON.plusSeconds(1500));
    later(Duration.ofMinutes(70));

    assertThat(stripe.sent())
        .extracting(one -> one.second() - NOON.getEpochSecond(), Sent::units)
        .containsExactly(tuple(999L, 1L), tuple(1500L, 2L));
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
}
