// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A state of a {@link PathTree}: what belongs to a path that ends here, and where segments lead.
 */
final class PathState<L> {

  final String example;
  final L leaf;

  private int literals;
  private @Nullable String[] keys = new String[2];
  private @Nullable PathState<L>[] targets = array(2);
  private PathState<L> other = this;

  PathState(String example, L leaf) {
    this.example = example;
    this.leaf = leaf;
  }

  /** Whether every segment leads back here. */
  boolean isFinal() {
    return other == this && literals == 0;
  }

  /** Where the segment leads that lies between two positions of a path. */
  PathState<L> next(String path, int from, int to, int hash) {
    if (literals == 0) {
      return other;
    }
    int mask = keys.length - 1;
    for (int i = spread(hash) & mask; ; i = (i + 1) & mask) {
      String key = keys[i];
      PathState<L> target = targets[i];
      if (key == null || target == null) {
        return other;
      }
      if (key.length() == to - from && path.startsWith(key, from)) {
        return target;
      }
    }
  }

  void setOther(PathState<L> target) {
    other = target;
  }

  void addLiteral(String literal, PathState<L> target) {
    literals++;
    if (2 * literals > keys.length) {
      grow();
    }
    put(literal, target);
  }

  private void grow() {
    @Nullable String[] oldKeys = keys;
    @Nullable PathState<L>[] oldTargets = targets;
    keys = new String[2 * oldKeys.length];
    targets = array(2 * oldKeys.length);
    for (int i = 0; i < oldKeys.length; i++) {
      String key = oldKeys[i];
      PathState<L> target = oldTargets[i];
      if (key != null && target != null) {
        put(key, target);
      }
    }
  }

  private void put(String literal, PathState<L> target) {
    int mask = keys.length - 1;
    int i = spread(literal.hashCode()) & mask;
    while (keys[i] != null) {
      i = (i + 1) & mask;
    }
    keys[i] = literal;
    targets[i] = target;
  }

  private static int spread(int hash) {
    return hash ^ (hash >>> 16);
  }

  @SuppressWarnings("unchecked")
  private static <L> @Nullable PathState<L>[] array(int length) {
    return (PathState<L>[]) new PathState<?>[length];
  }

  @Override
  public String toString() {
    return example + " " + Arrays.toString(keys);
  }
}
