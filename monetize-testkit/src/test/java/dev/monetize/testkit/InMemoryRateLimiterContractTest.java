// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.limit.InMemoryRateLimiter;
import dev.monetize.limit.RateLimiter;

class InMemoryRateLimiterContractTest extends RateLimiterContract {

  @Override
  protected RateLimiter limiter() {
    return new InMemoryRateLimiter();
  }
}
