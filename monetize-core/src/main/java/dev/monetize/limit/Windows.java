// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * Cuts time into consecutive windows. Implementations are thread-safe and fast: every call asks.
 */
@FunctionalInterface
public interface Windows {

  /** The window that contains an instant, given in nanoseconds since the epoch. */
  Window at(long epochNanos);
}
