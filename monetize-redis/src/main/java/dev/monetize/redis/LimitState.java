// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.monetize.limit.LimitSet;

/**
 * What an instance knows of limits beside Redis, by which calls are decided and which is kept up
 * behind them. Each part is thread-safe by itself.
 *
 * @param underWay how many calls under way each subject has, that Redis counts for us
 */
record LimitState(
    Breaker breaker,
    Debts debts,
    Owed owed,
    CallsUnderWay underWay,
    LocalLimits local,
    Leases leases,
    LoadingCache<LimitSet, LimitPlan> plans) {

  /** Nothing yet. */
  static LimitState of(LimitSettings settings) {
    return new LimitState(
        new Breaker(settings.ticker()),
        new Debts(settings.ticker()),
        new Owed(),
        new CallsUnderWay(),
        new LocalLimits(settings.whenDown(), settings.used()),
        new Leases(settings.instances(), settings.ticker()),
        Caffeine.newBuilder().weakKeys().build(LimitPlan::of));
  }
}
