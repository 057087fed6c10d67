// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a customer has.
 *
 * @param tier name of the tier
 * @param anchor when its billing periods begin, or null for the calendar
 * @param overrides values of its own in the words of the tier file: {@code rate_limit: 500/min}
 * @param providerId the billing provider's id of it, or null
 */
public record Subscription(
    String customer,
    String tier,
    Status status,
    @Nullable Instant anchor,
    Map<String, String> overrides,
    @Nullable String providerId) {

  /** Whether it is in force. */
  public enum Status {
    /** In force. */
    ACTIVE,
    /** Suspended: calls are refused until it is active again. */
    SUSPENDED
  }

  public Subscription {
    overrides = Map.copyOf(overrides);
  }

  /** A subscription to a tier, in force, without values of its own. */
  public static Subscription to(String tier, String customer) {
    return new Subscription(customer, tier, Status.ACTIVE, null, Map.of(), null);
  }
}
