// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import dev.monetize.limit.WindowUse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;

/**
 * Holds callers to their limits over all instances of a service, which share a Redis or Valkey. All
 * limits of a call are decided by one script in one round trip, by the server's clock.
 *
 * <p>Thread-safe.
 */
public final class RedisRateLimiter implements RateLimiter {

  private static final LuaScript SCRIPT = LuaScript.load("limit.lua");
  private static final byte[] SERVER_TIME = {};
  private static final byte[] NO_PLAN = {};

  private final UnifiedJedis redis;
  private final LimitKeys keys;
  private final WindowUse used;
  private final Instance instance;
  private final boolean callersTime;
  private final LoadingCache<LimitSet, LimitPlan> plans =
      Caffeine.newBuilder().weakKeys().build(LimitPlan::of);

  RedisRateLimiter(
      UnifiedJedis redis, String prefix, WindowUse used, Instance instance, boolean callersTime) {
    this.redis = redis;
    this.keys = new LimitKeys(prefix);
    this.used = used;
    this.instance = instance;
    this.callersTime = callersTime;
  }

  @Override
  public Decision acquire(Subject subject, Charge charge, long now) {
    LimitPlan plan = plans.get(charge.limits());
    byte[] request = LimitRequest.decide(plan, subject, charge, used, instance, 1, now, List.of());
    return ask(plan, subject, request, now).decision(subject, charge);
  }

  @Override
  public Standing peek(Subject subject, LimitSet limits, long now) {
    LimitPlan plan = plans.get(limits);
    byte[] request = LimitRequest.decide(plan, subject, null, used, instance, 1, now, List.of());
    return ask(plan, subject, request, now).standing();
  }

  private LimitAnswer ask(LimitPlan plan, Subject subject, byte[] request, long now) {
    byte[] answer =
        SCRIPT.run(
            redis, keys.of(subject, plan.perKey()), List.of(plan.bytes(), request, time(now)));
    return new LimitAnswer(plan.limits(), answer);
  }

  private byte[] time(long now) {
    return callersTime
        ? Long.toString(Math.floorDiv(now, 1000)).getBytes(StandardCharsets.US_ASCII)
        : SERVER_TIME;
  }

  @Override
  public void settle(Decision.Allowed allowed, long[] actual, long now) {
    LimitPlan plan = plans.get(allowed.limits());
    List<Correction> corrections = corrections(plan, allowed, actual);
    if (!corrections.isEmpty()) {
      SCRIPT.run(
          redis,
          keys.of(allowed.subject(), plan.perKey()),
          List.of(NO_PLAN, LimitRequest.correct(instance, corrections), time(now)));
    }
  }

  private static List<Correction> corrections(
      LimitPlan plan, Decision.Allowed allowed, long[] actual) {
    List<Correction> corrections = new ArrayList<>(actual.length);
    for (int i = 0; i < actual.length; i++) {
      Limit limit = allowed.limits().get(i);
      long taken = LimitPlan.bounded(allowed.charge().amount(i));
      long difference = LimitPlan.bounded(actual[i]) - taken;
      if (limit instanceof WindowLimit && difference != 0) {
        corrections.add(
            new Correction(
                LimitPlan.scope(limit),
                LimitPlan.WINDOW,
                plan.id(i),
                allowed.windowStart(i),
                difference));
      } else if (limit instanceof ConcurrencyLimit && taken > 0) {
        corrections.add(
            new Correction(LimitPlan.scope(limit), LimitPlan.CALLS, plan.id(i), 0, -taken));
      }
    }
    return corrections;
  }
}
