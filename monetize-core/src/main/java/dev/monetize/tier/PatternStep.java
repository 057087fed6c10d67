// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;
import java.util.Optional;

/** A pattern of which so many segments have matched. */
record PatternStep(EndpointPattern pattern, List<String> segments, int matched) {

  static PatternStep first(EndpointPattern pattern) {
    return new PatternStep(pattern, pattern.path().segments(), 0);
  }

  /** Whether a path that ends here matches. */
  boolean matchesHere() {
    return matched == segments.size() || rest();
  }

  /** The literal that must come next, if one must. */
  Optional<String> literal() {
    return matched == segments.size() || rest() || PathPattern.isVariable(next())
        ? Optional.empty()
        : Optional.of(next());
  }

  /** The step that a segment leads to, if it fits. */
  Optional<PatternStep> after(String segment) {
    if (matched == segments.size()) {
      return Optional.empty();
    }
    if (rest()) {
      return Optional.of(this);
    }
    return PathPattern.isVariable(next()) || next().equals(segment)
        ? Optional.of(new PatternStep(pattern, segments, matched + 1))
        : Optional.empty();
  }

  private boolean rest() {
    return matched < segments.size() && next().equals(PathPattern.REST);
  }

  private String next() {
    return segments.get(matched);
  }
}
