// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** HTTP statuses whose answers are billed; 2xx unless an endpoint says otherwise. Immutable. */
public final class BillableStatuses {

  private static final Pattern RANGE =
      Pattern.compile("(?<class>[1-5])xx|(?<from>[1-5][0-9]{2})(-(?<to>[1-5][0-9]{2}))?");
  private static final BillableStatuses SUCCESS = of("2xx");

  private final BitSet statuses;
  private final String text;

  private BillableStatuses(BitSet statuses, String text) {
    this.statuses = statuses;
    this.text = text;
  }

  /** 200 to 299. */
  public static BillableStatuses success() {
    return SUCCESS;
  }

  /**
   * Statuses, ranges and classes of them: {@code 2xx}, {@code 404}, {@code 402-410}.
   *
   * @throws IllegalArgumentException if there is none, or one is no such thing
   */
  public static BillableStatuses of(String... ranges) {
    return of(List.of(ranges));
  }

  static BillableStatuses of(List<String> ranges) {
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("expected at least one status, such as 2xx");
    }
    BitSet statuses = new BitSet(600);
    ranges.forEach(range -> statuses.or(read(range)));
    return new BillableStatuses(statuses, ranges.stream().collect(Collectors.joining(", ")));
  }

  static BitSet read(String range) {
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected a status, a range or a class of them, such as 404, 402-410 or 2xx");
    }
    BitSet statuses = new BitSet(600);
    if (matcher.group("class") != null) {
      int first = 100 * Integer.parseInt(matcher.group("class"));
      statuses.set(first, first + 100);
      return statuses;
    }
    int from = Integer.parseInt(matcher.group("from"));
    int to = matcher.group("to") == null ? from : Integer.parseInt(matcher.group("to"));
    if (to < from) {
      throw new IllegalArgumentException("expected a range from lower to higher, such as 402-410");
    }
    statuses.set(from, to + 1);
    return statuses;
  }

  /** Whether an answer with this status is billed. */
  public boolean covers(int status) {
    return status >= 0 && statuses.get(status);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BillableStatuses same && statuses.equals(same.statuses);
  }

  @Override
  public int hashCode() {
    return Objects.hash(statuses);
  }

  /** As it is written in a tier file: {@code 2xx, 404}. */
  @Override
  public String toString() {
    return text;
  }
}
