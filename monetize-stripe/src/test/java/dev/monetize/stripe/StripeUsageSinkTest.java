// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.stripe.ModelStripe.Sent;
import dev.monetize.usage.UsageBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an app gives the sink and asks it, over one process or two. */
final class StripeUsageSinkTest extends SinkCase {

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
  void customers_whoAreNotThereAreNotReported() throws IOException, InterruptedException {
    use("free-1", NOON);
    use("acme", NOON);
    sink.flush();
    send();

    assertThat(stripe.sent()).extracting(Sent::customer).containsExactly("cus_acme");
    assertThat(sink.backlog().unbilled()).isEqualTo(1);
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
  void restart_goesOn() throws IOException, InterruptedException {
    use("acme", NOON);
    restart(settings());
    assertThat(sink.backlog().open()).isEqualTo(1);
    assertThat(sink.backlog().oldest()).contains(NOON);

    sink.flush();
    restart(settings());
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
