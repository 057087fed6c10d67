// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Limit;
import dev.monetize.limit.WindowUse;
import java.util.Objects;
import java.util.function.BiFunction;
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
  private int instances;
  private boolean callersTime;
  private BiFunction<Runnable, Runnable, Background> background = BackgroundThread::new;

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
   * What the ledger knows to have been used of quotas: where Redis has no count of a window, as
   * after it lost its keys, that is where it begins. Asked with every question, as only Redis knows
   * whether it has a count.
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

  /**
   * Has callers who come often charged for several calls at once, which are then decided here:
   * about two tenths of a second's, and only far from a limit. Before they are spent more are
   * taken, so that few calls wait for that. A quota is never exceeded for it; a rate limit may see
   * as many calls more in a window as all instances have taken ahead. What an instance has taken
   * ahead when its process is killed, or an answer is lost, is lost to the caller until the window
   * ends. {@link RedisRateLimiter#peek} counts what is taken ahead as used, by this instance too:
   * it tells of less than is left. Off, unless set.
   *
   * @param instances how many instances share the limits, about, at least 1
   */
  public RedisRateLimiterBuilder leases(int instances) {
    if (instances < 1) {
      throw new IllegalArgumentException("instances must be at least 1, got " + instances);
    }
    this.instances = instances;
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

  /** Another one than a thread, for tests: of what is due soon, and now and then. */
  RedisRateLimiterBuilder background(BiFunction<Runnable, Runnable, Background> other) {
    this.background = other;
    return this;
  }

  /** Begins to hold limits. */
  public RedisRateLimiter build() {
    return new RedisRateLimiter(
        new LimitSettings(
            redis, prefix, used, whenDown, ticker, instance, instances, callersTime, background));
  }
}
