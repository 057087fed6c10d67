// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How far the events of Stripe's are dealt with.
 *
 * @param pending events that came and are not dealt with
 * @param oldest when the oldest of them came
 * @param failing what could not be dealt with, and is tried again, the longest first
 * @param otherVersions versions of the API, other than the library's own, in which events came
 *     since the start; they are dealt with, but the endpoint at Stripe should be set right
 */
public record InboxStatus(
    int pending, Optional<Instant> oldest, List<Failure> failing, Set<String> otherVersions) {

  /**
   * What fails.
   *
   * @param subject {@code cus_…}, or {@code evt_…} of a report on meters
   * @param since when it failed first
   * @param times how often it was tried since
   */
  public record Failure(String subject, Instant since, int times, String reason) {

    public Failure {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(since, "since");
      Objects.requireNonNull(reason, "reason");
    }
  }

  public InboxStatus {
    Objects.requireNonNull(oldest, "oldest");
    failing = List.copyOf(failing);
    otherVersions = Set.copyOf(otherVersions);
  }
}
