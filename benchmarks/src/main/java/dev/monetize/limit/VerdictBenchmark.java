// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Yes or no with the state at hand, beside the clock that every limiter has to read. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class VerdictBenchmark {

  private static final long[] NO_WORDS = {};

  /** A subject that all threads call for. */
  @State(Scope.Benchmark)
  public static class Shared {
    final Charge one = charge(rates(1));
    final Charge three = charge(rates(3));
    final Charge mixed =
        charge(
            List.of(
                rates(1).get(0),
                window(),
                new ConcurrencyLimit(
                    "c", Integer.MAX_VALUE, dev.monetize.limit.Scope.CUSTOMER, true)));
    final AtomicLong counter = new AtomicLong();
    final long[] oneWords = new long[1];
    final long[] threeWords = new long[3];
    final long[] mixedWords = new long[4];

    private static List<Limit> rates(int count) {
      return IntStream.range(0, count)
          .<Limit>mapToObj(i -> RateLimit.of("r" + i, 10_000_000, Duration.ofSeconds(1)))
          .toList();
    }

    private static Limit window() {
      Windows always = now -> new Window(0, 1L << 33);
      return new WindowLimit(
          "q", 1L << 60, Long.MAX_VALUE, always, dev.monetize.limit.Scope.CUSTOMER, false);
    }

    private static Charge charge(List<Limit> limits) {
      return Charge.of(LimitSet.of(limits), limit -> 1);
    }
  }

  /** Room to work in. */
  @State(Scope.Thread)
  public static class Cells {
    final long[] cells = {0, 0, 0, 1L << 33, 0, 0, 0};
  }

  /** Eight times as fast as time, so that nearly all calls are allowed. */
  static long now() {
    return System.nanoTime() << 3;
  }

  @Benchmark
  public long clock() {
    return now();
  }

  /** The least that a decision of several threads takes. */
  @Benchmark
  public boolean clockAndCompareAndSet(Shared shared) {
    return shared.counter.compareAndSet(shared.counter.getPlain(), now());
  }

  @Benchmark
  public long oneLimit(Shared shared, Cells cells) {
    return verdict(shared.one, shared.oneWords, cells.cells);
  }

  @Benchmark
  public long threeLimits(Shared shared, Cells cells) {
    return verdict(shared.three, shared.threeWords, cells.cells);
  }

  @Benchmark
  public long rateWindowAndConcurrency(Shared shared, Cells cells) {
    cells.cells[3] = 1L << 33;
    cells.cells[6] = 0;
    return verdict(shared.mixed, shared.mixedWords, cells.cells);
  }

  private static long verdict(Charge charge, long[] words, long[] cells) {
    return Verdict.of(charge.limits(), words, NO_WORDS, charge.amounts(), now(), cells);
  }
}
