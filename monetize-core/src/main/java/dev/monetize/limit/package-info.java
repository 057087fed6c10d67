// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Limits and the limiter: how often, how much and how many at once.
 *
 * <p>A {@link dev.monetize.limit.LimitSet} holds the {@link dev.monetize.limit.Limit}s of a caller,
 * a {@link dev.monetize.limit.Charge} what one call takes from each, and a {@link
 * dev.monetize.limit.RateLimiter} answers with a {@link dev.monetize.limit.Decision}. Start at
 * {@link dev.monetize.limit.RateLimit}.
 */
@NullMarked
package dev.monetize.limit;

import org.jspecify.annotations.NullMarked;
