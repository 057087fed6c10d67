// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * Where a limiter learns what was used of a window that it has no count of.
 *
 * <p>Asked by the thread of a call that is being decided, so it answers at once and does not throw.
 * A limiter that keeps its counts itself asks once for each subject and window limit that is new to
 * it. One that shares them asks with every question: whether anybody has a count yet is known where
 * they are kept, and elsewhere the answer is not used. Thread-safe.
 */
@FunctionalInterface
public interface WindowUse {

  /** Nothing was used before. */
  WindowUse NONE = (subject, limit, window) -> 0;

  /** Units that a subject has used of a limit in a window so far. */
  long used(Subject subject, WindowLimit limit, Window window);
}
