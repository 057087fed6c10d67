// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this process has seen reached, by whose use it is: a customer, or a key. Only who has
 * reached a threshold is in it, until the window's end. Nothing is lost with it: whoever is not
 * there, and has reached something, is looked up in {@link GivenNotices}.
 */
final class Marks {

  private final ConcurrentHashMap<String, Mark[]> byOwner = new ConcurrentHashMap<>();

  /** The mark of a window, if there is one. Allocates nothing. */
  @Nullable Mark find(String owner, String of, String quota, long start) {
    Mark[] marks = byOwner.get(owner);
    return marks == null ? null : find(marks, of, quota, start);
  }

  private static @Nullable Mark find(Mark[] marks, String of, String quota, long start) {
    for (Mark mark : marks) {
      if (mark.is(of, quota, start)) {
        return mark;
      }
    }
    return null;
  }

  /** The mark of a window, made where there is none. */
  Mark make(String owner, String of, String quota, long start, Instant ends) {
    Mark fresh = new Mark(of, quota, start, ends);
    Mark[] marks =
        byOwner.merge(
            owner,
            new Mark[] {fresh},
            (old, one) -> find(old, of, quota, start) == null ? plus(old, fresh) : old);
    Mark made = find(marks, of, quota, start);
    return made == null ? fresh : made;
  }

  private static Mark[] plus(Mark[] marks, Mark more) {
    Mark[] longer = Arrays.copyOf(marks, marks.length + 1);
    longer[marks.length] = more;
    return longer;
  }

  /** Drops the marks of windows that have ended, and that tell nothing any more. */
  void clean(Instant now) {
    for (String owner : byOwner.keySet()) {
      byOwner.computeIfPresent(
          owner,
          (same, marks) -> {
            Mark[] kept = Arrays.stream(marks).filter(mark -> !mark.over(now)).toArray(Mark[]::new);
            return kept.length == 0 ? null : kept.length == marks.length ? marks : kept;
          });
    }
  }

  void clear() {
    byOwner.clear();
  }
}
