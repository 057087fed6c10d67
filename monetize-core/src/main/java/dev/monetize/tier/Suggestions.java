// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What somebody may have meant. */
final class Suggestions {

  private static final int MOST = 3;

  private Suggestions() {}

  /** The nearest of the known names, or all of them where none is near. */
  static String of(String name, List<String> known) {
    String shortened = name.length() > 64 ? name.substring(0, 64) : name;
    Map<String, Integer> distances =
        known.stream().collect(Collectors.toMap(k -> k, k -> distance(shortened, k)));
    List<String> near =
        known.stream()
            .filter(k -> distances.getOrDefault(k, 99) <= Math.max(2, k.length() / 3))
            .sorted(Comparator.comparing(k -> distances.getOrDefault(k, 99)))
            .limit(MOST)
            .toList();
    return near.isEmpty()
        ? (known.size() == 1 ? "" : "one of ") + String.join(", ", known)
        : String.join(" or ", near);
  }

  /** Letters to insert, delete or change (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
