// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Limit;
import dev.monetize.limit.WindowUse;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import redis.clients.jedis.UnifiedJedis;

/** Says what a {@link RedisRateLimiter} is to be. Not thread-safe. */
public final class RedisRateLimiterBuilder {

  private final UnifiedJedis redis;
  private String prefix = "monetize:";
  private WindowUse used = WindowUse.NONE;
  private Function<Limit, WhenDown> whenDown = limit -> new WhenDown.Local(1);
  private LongSupplier ticker = System::nanoTime;
  private Instance instance = Instance.fresh();
  private boolean callersTime;

  RedisRateLimiterBuilder(UnifiedJedis redis) {
    this.redis = Objects.requireNonNull(redis, "redis");
  }

  /**
   * Begins the names of all keys, so that several services may share a Redis; {@code monetize:}
   * unless set. Instances of one service have the same.
   */
  public RedisRateLimiterBuilder prefix(String prefix) {
    if (prefix.isEmpty() || prefix.contains("{")) {
      throw new IllegalArgumentException(
          "prefix must not be empty, and hold no brace, got \"" + prefix + "\"");
    }
    this.prefix = prefix;
    return this;
  }

  /**
   * What the ledger knows to have been used of quotas: no quota counts less, so that what Redis
   * lost is found again.
   */
  public RedisRateLimiterBuilder restoredFrom(WindowUse used) {
    this.used = Objects.requireNonNull(used, "used");
    return this;
  }

  /** How each limit is held while Redis does not answer; by each instance alone, unless set. */
  public RedisRateLimiterBuilder whenDown(Function<Limit, WhenDown> rule) {
    this.whenDown = Objects.requireNonNull(rule, "rule");
    return this;
  }

  /** A clock that tells pauses, for tests. */
  RedisRateLimiterBuilder ticker(LongSupplier nanos) {
    this.ticker = nanos;
    return this;
  }

  /** Another identity of the process, for tests. */
  RedisRateLimiterBuilder instance(Instance other) {
    this.instance = other;
    return this;
  }

  /** Has calls tell the time, and not the server, for tests. */
  RedisRateLimiterBuilder callersTime() {
    this.callersTime = true;
    return this;
  }

  /** Begins to hold limits. */
  public RedisRateLimiter build() {
    return new RedisRateLimiter(
        new RedisRateLimiter.Settings(
            redis, prefix, used, whenDown, ticker, instance, callersTime));
  }
}
