// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Comparator;
import java.util.List;

/**
 * Orders patterns that match the same call, the most specific first: segment by segment a literal
 * before a variable before {@code *}, the end of the pattern before {@code *}, and at equal paths
 * one with a method before one without.
 *
 * <p>Of two patterns that match the same call, the first segment of different kind decides; if
 * there is none, they have the same path. So the order is total on them, and does not depend on the
 * call.
 */
final class Specificity implements Comparator<EndpointPattern> {

  static final Specificity ORDER = new Specificity();

  private static final int LITERAL = 0;
  private static final int VARIABLE = 1;
  private static final int END = 2;
  private static final int REST = 3;

  private Specificity() {}

  @Override
  public int compare(EndpointPattern a, EndpointPattern b) {
    List<String> left = a.path().segments();
    List<String> right = b.path().segments();
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      int order = Integer.compare(kind(left, i), kind(right, i));
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(a.method().isEmpty(), b.method().isEmpty());
  }

  private static int kind(List<String> segments, int index) {
    if (index >= segments.size()) {
      return END;
    }
    String segment = segments.get(index);
    if (segment.equals(PathPattern.REST)) {
      return REST;
    }
    return PathPattern.isVariable(segment) ? VARIABLE : LITERAL;
  }
}
