// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;

/** The script is the model, bit for bit: answers and states, over generated histories. */
class ScriptModelTest {

  private static final int STEPS = Integer.getInteger("monetize.test.scriptSteps", 1_000_000);
  private static final int HISTORY = 500;
  private static final long SECOND = 1_000_000;
  private static final long BEGIN = 1_795_176_000 * SECOND;

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());

  private Random random = new Random();
  private int granted;
  private int refused;

  /** A question put to Redis, with what the model answered. */
  private record Asked(String question, Response<Object> answer, @Nullable List<Long> expected) {}

  /** Two at a time: while Redis works for one, the other makes its next questions. */
  @Test
  void scriptIsTheModel() throws Exception {
    System.out.println("ScriptModelTest: -Dmonetize.seed=" + SEED);
    try (RedisClient redis = TestRedis.empty()) {
      byte[] hash = TestRedis.loadLimits(redis);
      ScriptModelTest other = new ScriptModelTest();
      CompletableFuture<Void> odd = CompletableFuture.runAsync(() -> other.run(redis, hash, 1));
      run(redis, hash, 0);
      odd.get();
      granted += other.granted;
      refused += other.refused;
    }
    System.out.printf(
        "ScriptModelTest: %,d steps, %,d granted, %,d refused, all equal%n",
        STEPS, granted, refused);
    assertThat(granted).isGreaterThan(STEPS / 5);
    assertThat(refused).isGreaterThan(STEPS / 20);
  }

  /** Each second history. */
  private void run(RedisClient redis, byte[] hash, int first) {
    for (int number = first; number < STEPS / HISTORY; number += 2) {
      random = new Random(SEED + number);
      history(redis, hash, number);
    }
  }

  private void history(RedisClient redis, byte[] hash, int number) {
    LimitPool pool = new LimitPool(random);
    List<LimitPlan> plans = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      plans.add(LimitPlan.of(pool.next()));
    }
    Subject subject = new Subject("c" + number, "k");
    List<byte[]> keys = new LimitKeys("t:").of(subject, true);
    ScriptModel model = new ScriptModel();
    List<Correction> owed = new ArrayList<>();
    List<Asked> asked = new ArrayList<>();
    long micros = BEGIN + random.nextInt(1_000_000_000);
    try (Pipeline pipeline = redis.pipelined()) {
      for (int step = 0; step < HISTORY; step++) {
        micros += pause();
        LimitPlan plan = plans.get(random.nextInt(plans.size()));
        List<Correction> corrections = random.nextInt(3) == 0 ? take(owed) : List.of();
        Instance instance = new Instance(1 + random.nextInt(3), 30);
        byte[] time = Long.toString(micros).getBytes(StandardCharsets.US_ASCII);
        if (random.nextInt(20) == 0) {
          model.correct(instance, micros, corrections);
          byte[] request = LimitRequest.correct(instance, corrections);
          asked.add(
              new Asked(
                  "correct " + corrections,
                  pipeline.evalsha(hash, keys, List.of(new byte[0], request, time)),
                  null));
          continue;
        }
        Charge charge = random.nextInt(10) == 0 ? null : charge(plan);
        int times = random.nextInt(4) == 0 ? 1 + random.nextInt(20) : 1;
        long least = random.nextInt(10) == 0 ? random.nextInt(50) : 0;
        long callersNanos = (micros + skew()) * 1000;
        List<Long> expected =
            model.decide(
                plan, subject, charge, least, instance, times, callersNanos, micros, corrections);
        byte[] request =
            LimitRequest.decide(
                plan,
                subject,
                charge,
                (whose, limit, window) -> least,
                instance,
                times,
                callersNanos,
                corrections);
        asked.add(
            new Asked(
                step + ": " + plan.limits() + " at " + micros,
                pipeline.evalsha(hash, keys, List.of(plan.bytes(), request, time)),
                expected));
        owe(plan, charge, expected, owed);
      }
      Response<byte[]> customer = pipeline.get(keys.get(0));
      Response<byte[]> key = pipeline.get(keys.get(1));
      pipeline.sync();
      asked.forEach(this::compare);
      assertThat(customer.get()).as("state of the customer").isEqualTo(model.state(0));
      assertThat(key.get()).as("state of the key").isEqualTo(model.state(1));
    }
  }

  private void compare(Asked asked) {
    byte[] answer = (byte[]) asked.answer().get();
    List<Long> expected = asked.expected();
    if (expected == null) {
      assertThat(answer).isEmpty();
      return;
    }
    List<Long> numbers = new ArrayList<>();
    ByteBuffer from = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    while (from.hasRemaining()) {
      double number = from.getDouble();
      numbers.add(number == Math.rint(number) ? (long) number : Long.MIN_VALUE);
    }
    if (!numbers.equals(expected)) {
      assertThat(numbers).as(asked.question()).isEqualTo(expected);
    }
    granted += expected.get(0) > 0 ? 1 : 0;
    refused += expected.get(1) > 0 ? 1 : 0;
  }

  /** Mostly short, sometimes over windows and whole bursts, sometimes back. */
  private long pause() {
    return switch (random.nextInt(12)) {
      case 0 -> random.nextLong(120 * SECOND);
      case 1 -> -random.nextLong(2 * SECOND);
      case 2 -> random.nextInt(20) == 0 ? -random.nextLong(7_200 * SECOND) : 0;
      case 3 -> random.nextInt(20) == 0 ? random.nextLong(100_000 * SECOND) : 1;
      default -> random.nextLong(SECOND / 2);
    };
  }

  /** How far a caller's clock is from the server's: sometimes by several windows. */
  private long skew() {
    if (random.nextInt(40) == 0) {
      return random.nextLong(-20_000 * SECOND, 20_000 * SECOND);
    }
    return random.nextInt(5) == 0 ? random.nextLong(-90 * SECOND, 90 * SECOND) : 0;
  }

  private Charge charge(LimitPlan plan) {
    return Charge.of(
        plan.limits(),
        limit -> {
          int most = random.nextInt(5) == 0 ? 20 : 2;
          long amount = random.nextInt(most + 1);
          if (limit instanceof RateLimit rate) {
            return Math.min(amount, rate.burst());
          }
          return limit instanceof ConcurrencyLimit calls ? Math.min(amount, calls.max()) : amount;
        });
  }

  private List<Correction> take(List<Correction> owed) {
    List<Correction> some = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0 && !owed.isEmpty(); i--) {
      some.add(owed.remove(random.nextInt(owed.size())));
    }
    return some;
  }

  private void owe(
      LimitPlan plan, @Nullable Charge charge, List<Long> answer, List<Correction> owed) {
    if (charge == null || answer.get(0) == 0) {
      return;
    }
    int cell = 4 + answer.get(3).intValue();
    for (int i = 0; i < plan.limits().size(); i++) {
      Limit limit = plan.limits().get(i);
      if (limit instanceof WindowLimit) {
        long start = answer.get(cell + 2);
        owed.add(
            new Correction(
                LimitPlan.scope(limit),
                LimitPlan.WINDOW,
                plan.id(i),
                start,
                start + random.nextInt(120),
                random.nextInt(-5, 10)));
      } else if (limit instanceof RateLimit rate && charge.amount(i) > 0) {
        owed.add(plan.unspent(i, rate, charge.amount(i) * random.nextLong(answer.get(0) + 1)));
      } else if (limit instanceof ConcurrencyLimit) {
        Correction ended =
            new Correction(
                LimitPlan.scope(limit), LimitPlan.CALLS, plan.id(i), 0, 0, -random.nextInt(3));
        owed.add(random.nextInt(6) == 0 ? ended.counted(random.nextInt(5)) : ended);
      }
      cell += limit instanceof WindowLimit ? 4 : 2;
    }
  }
}
