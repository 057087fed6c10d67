// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * One limit that a call is held to. All limits of a call are decided together, by a {@link
 * RateLimiter}: either each of them is charged, or none is.
 *
 * <p>What was used is kept under the {@link #id}, not under the numbers: a limit that is raised,
 * lowered or moved in the list keeps its use.
 */
public sealed interface Limit permits RateLimit, WindowLimit, ConcurrencyLimit {

  /** Stable name of the limit within its tier, as shown to callers. */
  String id();

  /** Whose use is counted. */
  Scope scope();

  /** Whether the limit only reports what it would have refused. */
  boolean shadow();
}
