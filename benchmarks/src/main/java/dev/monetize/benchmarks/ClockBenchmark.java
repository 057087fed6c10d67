// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What reading the clock costs: the floor under every limiter. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClockBenchmark {

  /** One monotonic reading. */
  @Benchmark
  public long nanoTime() {
    return System.nanoTime();
  }
}
