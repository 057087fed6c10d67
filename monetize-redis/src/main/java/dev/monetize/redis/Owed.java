// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Subject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Corrections that Redis has not been told yet, by subject: they ride on its next call, or go by
 * themselves soon. Thread-safe.
 */
final class Owed {

  /** Subjects at most; more than that are away longer than this keeps count. */
  private static final int MOST = 100_000;

  private final Map<Subject, List<Correction>> corrections = new ConcurrentHashMap<>();

  /**
   * Adds some.
   *
   * @return false if there are too many
   */
  boolean add(Subject subject, List<Correction> more) {
    if (corrections.size() >= MOST && !corrections.containsKey(subject)) {
      return false;
    }
    corrections.merge(subject, more, Owed::joined);
    return true;
  }

  /** Those of one limit and window are one. */
  private static List<Correction> joined(List<Correction> some, List<Correction> more) {
    List<Correction> all = new ArrayList<>(some);
    for (Correction correction : more) {
      int same = 0;
      while (same < all.size() && !all.get(same).isOf(correction)) {
        same++;
      }
      if (same == all.size()) {
        all.add(correction);
      } else {
        all.set(same, all.get(same).plus(correction.difference()));
      }
    }
    return List.copyOf(all);
  }

  /** Takes a subject's. */
  List<Correction> take(Subject subject) {
    if (corrections.isEmpty()) {
      return List.of();
    }
    List<Correction> taken = corrections.remove(subject);
    return taken == null ? List.of() : taken;
  }

  /** Those of somebody, which stay; null if there are none. */
  Map.@Nullable Entry<Subject, List<Correction>> any() {
    Iterator<Map.Entry<Subject, List<Correction>>> all = corrections.entrySet().iterator();
    return all.hasNext() ? all.next() : null;
  }

  /** Whether there are some of anybody like that. */
  boolean isOfAny(Predicate<Subject> like) {
    return corrections.keySet().stream().anyMatch(like);
  }

  boolean isOf(Subject subject) {
    return corrections.containsKey(subject);
  }

  boolean isEmpty() {
    return corrections.isEmpty();
  }

  Set<Subject> subjects() {
    return Set.copyOf(corrections.keySet());
  }
}
