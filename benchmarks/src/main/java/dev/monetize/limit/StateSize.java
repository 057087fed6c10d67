// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import org.openjdk.jol.info.GraphLayout;

/** Prints how many bytes a subject's state takes, without map entry and key. */
public final class StateSize {

  private StateSize() {}

  /** Run without arguments. */
  public static void main(String[] args) {
    print("monetize, 1 rate limit", new long[1]);
    print("monetize, 3 rate limits", new long[3]);
    print("monetize, rate + window + concurrency", new long[4]);
    print("bucket4j, 1 limit", bucket(1));
    print("bucket4j, 3 limits", bucket(3));
    var shared = RateLimiterConfig.ofDefaults();
    var resilience4j = io.github.resilience4j.ratelimiter.RateLimiter.of("a", shared);
    print("resilience4j, 1 limit", resilience4j);
    print("guava, 1 limit", com.google.common.util.concurrent.RateLimiter.create(10));
  }

  private static Bucket bucket(int limits) {
    var builder = Bucket.builder();
    for (int i = 0; i < limits; i++) {
      builder.addLimit(limit -> limit.capacity(10).refillGreedy(10, Duration.ofSeconds(1)));
    }
    return builder.build();
  }

  private static void print(String what, Object state) {
    System.out.printf("%-40s %6d B%n", what, GraphLayout.parseInstance(state).totalSize());
  }
}
