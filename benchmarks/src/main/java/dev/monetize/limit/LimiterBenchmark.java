// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import com.google.common.util.concurrent.RateLimiter;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A look-up by key and a whole decision, beside other limiters in a map by key. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway") // JMH calls begin() first, and every key is in its map
public class LimiterBenchmark {

  private static final int FAST = 10_000_000;

  /** Keys called in random order; 1 is a hot key. */
  @Param({"1", "100000"})
  public int keys;

  private final InMemoryRateLimiter monetize = new InMemoryRateLimiter();
  private Charge one;
  private Charge three;
  private Subject[] subjects;
  private final ConcurrentHashMap<String, Bucket> bucket4j = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Bucket> bucket4jThree = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, RateLimiter> guava = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, io.github.resilience4j.ratelimiter.RateLimiter>
      resilience4j = new ConcurrentHashMap<>();

  @Setup(Level.Trial)
  public void begin() {
    one = charge(1);
    three = charge(3);
    subjects =
        IntStream.range(0, keys)
            .mapToObj(i -> new Subject("customer-" + i, "key-" + i))
            .toArray(Subject[]::new);
    RateLimiterConfig config =
        RateLimiterConfig.custom()
            .limitForPeriod(FAST)
            .limitRefreshPeriod(Duration.ofMillis(100))
            .timeoutDuration(Duration.ZERO)
            .build();
    fill(bucket4j, key -> bucket(1));
    fill(bucket4jThree, key -> bucket(3));
    fill(guava, key -> RateLimiter.create(1e9));
    fill(resilience4j, key -> io.github.resilience4j.ratelimiter.RateLimiter.of(key, config));
  }

  private <T> void fill(ConcurrentHashMap<String, T> map, Function<String, T> make) {
    for (Subject subject : subjects) {
      map.put(subject.customer(), make.apply(subject.customer()));
    }
  }

  private static Charge charge(int limits) {
    List<RateLimit> rates =
        IntStream.range(0, limits)
            .mapToObj(i -> RateLimit.of("r" + i, FAST, Duration.ofSeconds(1)))
            .toList();
    return Charge.of(LimitSet.of(rates), limit -> 1);
  }

  private static Bucket bucket(int limits) {
    var builder = Bucket.builder();
    for (int i = 0; i < limits; i++) {
      builder.addLimit(
          limit ->
              limit.capacity(1_000_000_000).refillGreedy(1_000_000_000, Duration.ofSeconds(1)));
    }
    return builder.build();
  }

  private Subject subject() {
    return subjects[keys == 1 ? 0 : ThreadLocalRandom.current().nextInt(keys)];
  }

  @Benchmark
  public Subject lookUpOfNothing() {
    return subject();
  }

  @Benchmark
  public Decision monetizeOne() {
    return monetize.acquire(subject(), one, VerdictBenchmark.now());
  }

  @Benchmark
  public Decision monetizeThree() {
    return monetize.acquire(subject(), three, VerdictBenchmark.now());
  }

  @Benchmark
  public Object bucket4jOne() {
    return bucket4j.get(subject().customer()).tryConsumeAndReturnRemaining(1);
  }

  @Benchmark
  public Object bucket4jThree() {
    return bucket4jThree.get(subject().customer()).tryConsumeAndReturnRemaining(1);
  }

  @Benchmark
  public boolean resilience4jOne() {
    return resilience4j.get(subject().customer()).acquirePermission();
  }

  @Benchmark
  public boolean guavaOne() {
    return guava.get(subject().customer()).tryAcquire();
  }
}
