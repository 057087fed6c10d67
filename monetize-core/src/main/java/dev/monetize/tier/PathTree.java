// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Finds what belongs to a path, in one step per segment and without allocating. Immutable.
 *
 * <p>Patterns are compiled to a deterministic automaton over segments: a state is a set of
 * patterns, each with the number of its segments that have matched. So there is one leaf for each
 * set of patterns that some path matches, and what is true of all leaves is true of all paths: that
 * is how a catalog is checked.
 *
 * @param <L> what belongs to the paths that match the same patterns
 */
final class PathTree<L> {

  private final PathState<L> root;
  private final PathState<L> dead;
  private final List<L> leaves;

  private PathTree(PathStates<L> states) {
    this.root = states.root();
    this.dead = states.dead();
    this.leaves = states.leaves();
  }

  /**
   * Compiles patterns.
   *
   * @param leaf what belongs to a set of patterns, most specific first and of any method; and an
   *     example of a path that matches exactly these
   * @throws IllegalArgumentException if they tell too many kinds of paths apart
   */
  static <L> PathTree<L> of(
      Collection<EndpointPattern> patterns, BiFunction<List<EndpointPattern>, String, L> leaf) {
    return new PathTree<>(new PathStates<>(patterns, leaf));
  }

  /** What belongs to a path that is decoded, in normal form, and begins with a slash. */
  L find(String path) {
    int end = path.length();
    if (end == 0 || path.charAt(0) != '/') {
      return dead.leaf;
    }
    if (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    PathState<L> state = root;
    int from = 1;
    while (from < end && !state.isFinal()) {
      int hash = 0;
      int to = from;
      for (; to < end && path.charAt(to) != '/'; to++) {
        hash = 31 * hash + path.charAt(to);
      }
      state = state.next(path, from, to, hash);
      from = to + 1;
    }
    return state.leaf;
  }

  /** One for each set of patterns that some path matches. */
  List<L> leaves() {
    return leaves;
  }
}
