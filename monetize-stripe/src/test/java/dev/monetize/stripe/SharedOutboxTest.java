// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import dev.monetize.stripe.ModelStripe.Killed;
import dev.monetize.testkit.MutableClock;
import dev.monetize.usage.Measure;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Several instances with one outbox: while one waits for Stripe's answer, it is taken for dead and
 * another one sends; they are killed, and learn late what others wrote. What Stripe has in the end
 * is what was used.
 */
final class SharedOutboxTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());
  private static final int POINTS = Integer.getInteger("monetize.points", 10_000);

  /**
   * As long as a call to Stripe may take. Who sleeps longer between its decision to send and the
   * call, a day after the first try, may be late for the comparison of sums.
   */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private static final StripeConnection NOWHERE = StripeConnection.with("sk_test_none");

  private int points;
  private int refused;

  /** Instances over one journal of usage and one outbox. */
  private static final class History {

    private final SplittableRandom random;
    private final MutableClock clock = new MutableClock(Instant.parse("2026-03-01T00:10:00Z"));
    private final ModelStripe stripe;
    private final SharedJournals journals;
    private final RandomUse usage;
    private final StripeUsageSink[] sinks;
    private final boolean[] waiting;
    private Instant awake = Instant.MAX;
    private int takenForDead;
    private boolean calm;

    History(long seed) throws IOException {
      random = new SplittableRandom(seed);
      stripe = new ModelStripe(random.split(), clock);
      stripe.most(random.nextBoolean() ? 1 : 7);
      journals = new SharedJournals(random.split());
      usage = new RandomUse(random, clock, this::calls);
      sinks = new StripeUsageSink[2 + random.nextInt(2)];
      waiting = new boolean[sinks.length];
      for (int i = 0; i < sinks.length; i++) {
        sinks[i] = open(i);
      }
    }

    private StripeUsageSink open(int instance) throws IOException {
      return StripeUsageSink.builder(NOWHERE, Path.of("unused"))
          .outbox(journals::open)
          .meter("calls", "api_calls")
          .customers(customer -> Optional.of("cus_" + customer))
          .clock(clock)
          .build(new SlowStripe(instance), 0);
    }

    /** Others go on while it is asked. */
    private final class SlowStripe implements MeterEvents {

      private final int instance;

      SlowStripe(int instance) {
        this.instance = instance;
      }

      @Override
      public int most() {
        return stripe.most();
      }

      @Override
      public Answer send(List<MeterCall> calls) {
        calls.forEach(this::requireKnown);
        othersGoOn();
        Answer answer = stripe.send(calls);
        othersGoOn();
        return answer;
      }

      /** That it is written down that Stripe may have it from now on, or what became of it. */
      private void requireKnown(MeterCall call) {
        Outbox outbox = sinks[instance].outbox();
        long number = Identifiers.number(outbox.id(), call.identifier()).orElseThrow();
        OutboxItem item = outbox.look(state -> state.waiting().get(number));
        assertThat(item == null || item.firstTry() != 0).as("written down before").isTrue();
      }

      private void othersGoOn() {
        if (calm || waiting[instance] || random.nextInt(10) > 0) {
          return;
        }
        if (nobodyWaits()) {
          awake = clock.instant().plus(LONGEST_PAUSE);
        }
        waiting[instance] = true;
        takenForDead++;
        journals.expire();
        clock.advance(Duration.ofSeconds(random.nextInt(10)));
        try {
          for (int left = random.nextInt(20); left > 0 && clock.instant().isBefore(awake); left--) {
            step();
          }
        } catch (IOException | InterruptedException e) {
          throw new IllegalStateException(e);
        } finally {
          waiting[instance] = false;
        }
      }

      @Override
      public BigDecimal sum(String event, String customer, long from, long to)
          throws StripeException {
        return stripe.sum(event, customer, from, to);
      }

      @Override
      public Map<Long, BigDecimal> hours(String event, String customer, long from, long to)
          throws StripeException {
        return stripe.hours(event, customer, from, to);
      }
    }

    private boolean nobodyWaits() {
      for (boolean one : waiting) {
        if (one) {
          return false;
        }
      }
      return true;
    }

    private List<Measure> calls() {
      return List.of(new Measure("calls", 1 + random.nextLong(1000)));
    }

    /** One that was taken for dead may give a batch while another does, or did. */
    private void deliver(StripeUsageSink sink) throws IOException, InterruptedException {
      usage.deliver(sink, random.nextInt(3));
    }

    /** Something that one of those does who do not wait for an answer. */
    void step() throws IOException, InterruptedException {
      int instance = random.nextInt(sinks.length);
      if (waiting[instance]) {
        return;
      }
      try {
        switch (random.nextInt(10)) {
          case 0, 1 -> usage.use();
          case 2, 3 -> deliver(sinks[instance]);
          case 4 -> {
            if (nobodyWaits()) {
              clock.advance(Duration.ofMinutes(random.nextInt(90)));
            }
          }
          case 5 -> stripe.failing(random.nextInt(3) * 0.3);
          case 6 -> journals.killing(random.nextInt(2) * 0.03);
          case 7 -> sinks[instance].flush("c" + random.nextInt(3));
          default -> send(instance, random.nextInt(10));
        }
      } catch (Killed e) {
        journals.killing(0);
        sinks[instance] = open(instance);
        if (random.nextBoolean()) {
          journals.expire();
        }
      }
    }

    private void send(int instance, int steps) throws IOException, InterruptedException {
      for (int left = steps; left > 0 && sinks[instance].step(); left--) {
        clock.advance(Duration.ofMillis(random.nextInt(300)));
      }
    }

    void end() throws IOException, InterruptedException {
      calm = true;
      stripe.failing(0);
      journals.killing(0);
      journals.expire();
      StripeUsageSink last = sinks[random.nextInt(sinks.length)];
      deliver(last);
      last.flush();
      for (int left = 5000; left > 0 && last.backlog().waiting() > 0; left--) {
        for (int i = 0; i < sinks.length; i++) {
          send(i, 100);
        }
        clock.advance(Duration.ofMinutes(5));
        last.outbox().sync();
      }
      assertThat(last.backlog().waiting()).isZero();
      assertThat(last.parked()).isEmpty();
    }
  }

  @Test
  void stripe_hasWhatWasUsed() throws IOException, InterruptedException {
    System.out.println("SharedOutboxTest: -Dmonetize.seed=" + SEED);
    SplittableRandom seeds = new SplittableRandom(SEED);
    int histories = 0;
    while (points < POINTS) {
      long seed = seeds.nextLong();
      History history = new History(seed);
      for (int i = 0; i < 400; i++) {
        history.step();
      }
      history.end();
      assertThat(RandomUse.at(history.stripe))
          .as("history %d", seed)
          .isEqualTo(history.usage.used());
      points += history.stripe.faults() + history.journals.kills() + history.takenForDead;
      refused += history.journals.refused();
      histories++;
    }
    System.out.printf(
        "%,d kills, faults and turns lost in %,d histories, %,d notes of former holders refused%n",
        points, histories, refused);
    assertThat(refused).isPositive();
  }
}
