// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * Where a limiter that starts empty learns what was used before: asked once for each subject and
 * window limit that it has no count of.
 */
@FunctionalInterface
public interface WindowUse {

  /** Nothing was used before. */
  WindowUse NONE = (subject, limit, window) -> 0;

  /** Units that a subject has used of a limit in a window so far. */
  long used(Subject subject, WindowLimit limit, Window window);
}
