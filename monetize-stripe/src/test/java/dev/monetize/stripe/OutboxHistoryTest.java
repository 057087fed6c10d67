// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.stripe.ModelStripe.Killed;
import dev.monetize.testkit.MutableClock;
import dev.monetize.usage.Measure;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random usage, faults, kills and outages: what Stripe has in the end is what was used. */
final class OutboxHistoryTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());
  private static final int POINTS = Integer.getInteger("monetize.points", 20_000);
  private static final StripeConnection NOWHERE = StripeConnection.with("sk_test_none");

  private int killsAndFaults;
  private int calls;
  private int again;

  /** One process after the other over the same journals. */
  private static final class History {

    private final SplittableRandom random;
    private final MutableClock clock = new MutableClock(Instant.parse("2026-03-01T00:10:00Z"));
    private final ModelStripe stripe;
    private final KilledJournals journals;
    private final RandomUse usage;
    private int again;
    private StripeUsageSink sink;

    History(long seed) throws IOException {
      random = new SplittableRandom(seed);
      stripe = new ModelStripe(random.split(), clock);
      stripe.most(random.nextBoolean() ? 1 : 7);
      journals = new KilledJournals(random.split());
      usage = new RandomUse(random, clock, this::call);
      sink = open();
    }

    private StripeUsageSink open() throws IOException {
      return StripeUsageSink.builder(NOWHERE, Path.of("unused"))
          .outbox(journals::open)
          .meter("calls", "api_calls")
          .meter("tokens", "tokens")
          .customers(customer -> Optional.of("cus_" + customer))
          .clock(clock)
          .build(stripe, 0);
    }

    private List<Measure> call() {
      return List.of(new Measure("calls", 1), new Measure("tokens", random.nextInt(1000)));
    }

    /** The shipper gives a batch until it is taken, and may give the last one again. */
    void deliver() throws IOException, InterruptedException {
      usage.deliver(sink, random.nextInt(5) == 0 ? 1 : 0);
    }

    void send(int steps) throws IOException, InterruptedException {
      for (int left = steps; left > 0 && sink.step(); left--) {
        clock.advance(Duration.ofMillis(random.nextInt(300)));
      }
    }

    /** Somebody asks for all that was not counted, until it goes under another identifier. */
    private void sendAgain() throws IOException, InterruptedException {
      for (String identifier : List.copyOf(stripe.uncounted())) {
        again += sink.retry(identifier) ? 1 : 0;
        if (sink.reported(identifier).isEmpty()) {
          stripe.uncounted().remove(identifier);
        }
      }
    }

    void step() throws IOException, InterruptedException {
      try {
        sendAgain();
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> usage.use();
          case 3 -> deliver();
          case 4 -> clock.advance(Duration.ofMinutes(random.nextInt(90)));
          case 5 -> {
            stripe.failing(random.nextInt(3) * 0.3);
            stripe.notCounting(random.nextInt(2) * 0.05);
          }
          case 6 -> journals.killing(random.nextInt(2) * 0.03);
          case 7 -> {
            if (random.nextInt(40) == 0) {
              outage();
            }
          }
          default -> send(random.nextInt(20));
        }
      } catch (Killed e) {
        restart();
      }
    }

    private void outage() throws IOException, InterruptedException {
      stripe.out(true);
      long hours = 1 + random.nextLong(72);
      for (long hour = 0; hour < hours; hour++) {
        send(3);
        usage.use();
        deliver();
        clock.advance(Duration.ofHours(1));
      }
      stripe.out(false);
      stripe.forgetKeys();
    }

    private void restart() throws IOException {
      stripe.out(false);
      journals.killing(0);
      sink = open();
    }

    void end() throws IOException, InterruptedException {
      stripe.out(false);
      stripe.failing(0);
      stripe.notCounting(0);
      journals.killing(0);
      deliver();
      sink.flush();
      for (int left = 5000; left > 0 && !isDone(); left--) {
        send(100);
        sendAgain();
        clock.advance(Duration.ofMinutes(5));
      }
      assertThat(sink.backlog().waiting()).isZero();
      assertThat(sink.parked()).isEmpty();
      assertThat(state(open())).as("what is read again").isEqualTo(state(sink));
    }

    private static byte[] state(StripeUsageSink of) {
      return of.outbox()
          .look(
              state -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try {
                  state.write(new DataOutputStream(bytes));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                return bytes.toByteArray();
              });
    }

    private boolean isDone() {
      return sink.backlog().waiting() == 0 && stripe.uncounted().isEmpty();
    }
  }

  @Test
  void stripe_hasWhatWasUsed() throws IOException, InterruptedException {
    System.out.println("OutboxHistoryTest: -Dmonetize.seed=" + SEED);
    SplittableRandom seeds = new SplittableRandom(SEED);
    int histories = 0;
    while (killsAndFaults < POINTS) {
      long seed = seeds.nextLong();
      History history = new History(seed);
      for (int i = 0; i < 400; i++) {
        history.step();
      }
      history.end();
      assertThat(RandomUse.at(history.stripe))
          .as("history %d", seed)
          .isEqualTo(history.usage.used());
      killsAndFaults += history.stripe.faults() + history.journals.kills();
      calls += history.stripe.calls();
      again += history.again;
      histories++;
    }
    System.out.printf(
        "%,d kills and faults in %,d calls of %,d histories, %,d not counted and sent again:"
            + " nothing lost, nothing twice%n",
        killsAndFaults, calls, histories, again);
    assertThat(again).isPositive();
  }
}
