// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;
import java.util.stream.Collectors;

/** What changes when one catalog takes the place of another, for people to read. */
public record TierChanges(List<Change> changes) {

  /**
   * One change.
   *
   * @param subject name of the tier, or {@code catalog} for what all tiers share
   * @param text such as {@code rate_limit 100/min -> 200/min} or {@code gains /v1/reports}
   */
  public record Change(String subject, String text) {

    /** {@code pro: rate_limit 100/min -> 200/min}. */
    @Override
    public String toString() {
      return subject + ": " + text;
    }
  }

  public TierChanges {
    changes = List.copyOf(changes);
  }

  /** Whether nothing changes. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** One line for each change. */
  @Override
  public String toString() {
    return changes.stream().map(Change::toString).collect(Collectors.joining("\n"));
  }
}
