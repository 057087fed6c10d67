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
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** Finds the states of a {@link PathTree}, by the subset construction. */
final class PathStates<L> {

  /** Stands for a segment that no pattern has as a literal. */
  private static final String ANY = "{}";

  private static final int MOST = 20_000;

  private record Open<L>(List<PatternStep> steps, PathState<L> state) {}

  private final BiFunction<List<EndpointPattern>, String, L> leaf;
  private final Map<List<PatternStep>, PathState<L>> states = new LinkedHashMap<>();
  private final Deque<Open<L>> open = new ArrayDeque<>();
  private final PathState<L> root;
  private final PathState<L> dead;

  PathStates(
      Collection<EndpointPattern> patterns, BiFunction<List<EndpointPattern>, String, L> leaf) {
    this.leaf = leaf;
    this.root = state(patterns.stream().map(PatternStep::first).toList(), "");
    this.dead = state(List.of(), "/" + ANY);
    while (!open.isEmpty()) {
      connect(open.remove());
    }
  }

  private void connect(Open<L> from) {
    for (String literal : literals(from.steps())) {
      from.state().addLiteral(literal, after(from, literal));
    }
    from.state().setOther(after(from, ANY));
  }

  private PathState<L> after(Open<L> from, String segment) {
    List<PatternStep> steps = new ArrayList<>();
    from.steps().forEach(step -> step.after(segment).ifPresent(steps::add));
    return state(steps, from.state().example + "/" + segment);
  }

  private PathState<L> state(List<PatternStep> steps, String example) {
    PathState<L> known = states.get(steps);
    if (known != null) {
      return known;
    }
    if (states.size() == MOST) {
      throw new IllegalArgumentException(
          "too many patterns: they tell more than " + MOST + " kinds of paths apart");
    }
    List<EndpointPattern> matches =
        steps.stream()
            .filter(PatternStep::matchesHere)
            .map(PatternStep::pattern)
            .sorted(Specificity.ORDER)
            .toList();
    String path = example.isEmpty() ? "/" : example;
    PathState<L> state = new PathState<>(example, leaf.apply(matches, path));
    states.put(steps, state);
    open.add(new Open<>(steps, state));
    return state;
  }

  private static Set<String> literals(List<PatternStep> steps) {
    Set<String> literals = new TreeSet<>();
    steps.forEach(step -> step.literal().ifPresent(literals::add));
    return literals;
  }

  PathState<L> root() {
    return root;
  }

  PathState<L> dead() {
    return dead;
  }

  /** What belongs to each state. */
  List<L> leaves() {
    return states.values().stream().map(state -> state.leaf).toList();
  }
}
