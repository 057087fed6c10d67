// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
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

  /** Stands for a segment that no pattern has as a literal. */
  static final String ANY = "{}";

  private static final int MOST_STATES = 20_000;

  private final PathState<L> root;
  private final PathState<L> dead;
  private final List<L> leaves;

  private PathTree(PathState<L> root, PathState<L> dead, List<L> leaves) {
    this.root = root;
    this.dead = dead;
    this.leaves = leaves;
  }

  /**
   * Compiles patterns.
   *
   * @param leaf what belongs to a set of patterns, most specific first and of any method; and an
   *     example of a path that matches exactly these
   * @throws IllegalArgumentException if they overlap in too many ways
   */
  static <L> PathTree<L> of(
      Collection<EndpointPattern> patterns, BiFunction<List<EndpointPattern>, String, L> leaf) {
    List<PatternStep> start = patterns.stream().map(PatternStep::first).toList();
    Map<List<PatternStep>, PathState<L>> states = new LinkedHashMap<>();
    Deque<List<PatternStep>> open = new ArrayDeque<>();
    PathState<L> root = state(start, "", leaf, states, open);
    PathState<L> dead = state(List.of(), "/" + ANY, leaf, states, open);
    while (!open.isEmpty()) {
      List<PatternStep> steps = open.remove();
      PathState<L> from = Objects.requireNonNull(states.get(steps));
      for (String literal : literals(steps)) {
        String path = from.example + "/" + literal;
        from.addLiteral(literal, state(after(steps, literal), path, leaf, states, open));
      }
      String path = from.example + "/" + ANY;
      from.setOther(state(after(steps, ANY), path, leaf, states, open));
    }
    return new PathTree<>(root, dead, states.values().stream().map(state -> state.leaf).toList());
  }

  private static <L> PathState<L> state(
      List<PatternStep> steps,
      String example,
      BiFunction<List<EndpointPattern>, String, L> leaf,
      Map<List<PatternStep>, PathState<L>> states,
      Deque<List<PatternStep>> open) {
    PathState<L> known = states.get(steps);
    if (known != null) {
      return known;
    }
    if (states.size() == MOST_STATES) {
      throw new IllegalArgumentException(
          "the patterns overlap in more than " + MOST_STATES + " ways");
    }
    List<EndpointPattern> matches =
        steps.stream()
            .filter(PatternStep::matchesHere)
            .map(PatternStep::pattern)
            .sorted(Specificity.ORDER)
            .toList();
    PathState<L> state =
        new PathState<>(example, leaf.apply(matches, example.isEmpty() ? "/" : example));
    states.put(steps, state);
    open.add(steps);
    return state;
  }

  private static TreeSet<String> literals(List<PatternStep> steps) {
    TreeSet<String> literals = new TreeSet<>();
    steps.forEach(step -> step.literal().ifPresent(literals::add));
    return literals;
  }

  private static List<PatternStep> after(List<PatternStep> steps, String segment) {
    List<PatternStep> next = new ArrayList<>();
    steps.forEach(step -> step.after(segment).ifPresent(next::add));
    return next;
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
