// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Limit;
import dev.monetize.limit.WindowUse;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import redis.clients.jedis.UnifiedJedis;

/** What a {@link RedisRateLimiter} is to be, as its builder was told. */
record LimitSettings(
    UnifiedJedis redis,
    String prefix,
    WindowUse used,
    Function<Limit, WhenDown> whenDown,
    LongSupplier ticker,
    Instance instance,
    int instances,
    boolean callersTime,
    BiFunction<Runnable, Runnable, Background> background) {}
