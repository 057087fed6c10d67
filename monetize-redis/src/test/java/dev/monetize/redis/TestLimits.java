// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Window;
import dev.monetize.limit.WindowLimit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.RedisClient;

/** Limits that tests hold callers to, and how often that asked the server. */
final class TestLimits {

  static final long SECOND = 1_000_000_000L;
  static final long NOW = 1_800_000_000L * SECOND;
  static final long HOUR = 3_600;

  private static final Pattern CALLS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

  private TestLimits() {}

  static WindowLimit hourly(long included) {
    return new WindowLimit(
        "quota",
        included,
        included,
        now -> {
          long start = Math.floorDiv(now / SECOND, HOUR) * HOUR;
          return new Window(start, start + HOUR);
        },
        Scope.CUSTOMER,
        false);
  }

  static Charge charge(long amount, Limit... limits) {
    return Charge.of(LimitSet.of(List.of(limits)), limit -> amount);
  }

  /** How many scripts a server has run. */
  static long scripts(RedisClient redis) {
    Matcher calls = CALLS.matcher(redis.info("commandstats"));
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }
}
