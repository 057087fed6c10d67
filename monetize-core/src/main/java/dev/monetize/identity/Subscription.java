// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a customer has.
 *
 * @param customer the customer's id: 1 to 128 characters of {@code A-Z a-z 0-9 . _ : @ -}
 * @param tier name of the tier, of at most 128 characters
 * @param fallback name of the tier that is in force instead while its own is owed for: invoices ask
 *     for its own all the same, and it counts on where it is again. Null: its own is in force
 * @param anchor when its billing periods begin, or null for the calendar. What is used before is on
 *     no invoice: where it lies ahead that is a trial
 * @param overrides values of its own in the words of the tier file: {@code rate_limit: 500/min},
 *     for its own tier alone; at most 100, each of at most 128 characters for its name and 1,000
 *     for its value
 * @param providerId the billing provider's id of it, of at most 200 characters, or null
 * @param former what it was before, oldest first, for the invoices of those times; at most {@value
 *     #MOST_FORMER}, of the last 400 days, kept by {@code Accounts}
 */
public record Subscription(
    String customer,
    String tier,
    @Nullable String fallback,
    Status status,
    @Nullable Instant anchor,
    Map<String, String> overrides,
    @Nullable String providerId,
    List<Former> former)
    implements Entry {

  /** The most that is kept of what it was before; older ones are forgotten. */
  public static final int MOST_FORMER = 50;

  private static final Duration KEPT = Duration.ofDays(400);

  private static final int MOST_OVERRIDES = 100;

  /** Whether it is in force. */
  public enum Status {
    /** In force. */
    ACTIVE,
    /** Suspended: calls are refused until it is active again. */
    SUSPENDED
  }

  /**
   * What it was before a change.
   *
   * @param fallback the tier that was in force in place of its own, or null
   * @param until when it was changed
   */
  public record Former(
      String tier, @Nullable String fallback, Map<String, String> overrides, Instant until) {

    public Former {
      Valid.text("tier", tier, 128);
      checkFallback(tier, fallback);
      overrides = checked(overrides);
      Objects.requireNonNull(until, "until");
    }
  }

  public Subscription {
    Valid.id("customer id", customer);
    Valid.text("tier", tier, 128);
    if (tier.isBlank()) {
      throw new IllegalArgumentException("tier must not be blank (customer \"" + customer + "\")");
    }
    checkFallback(tier, fallback);
    Objects.requireNonNull(status, "status");
    overrides = checked(overrides);
    if (providerId != null) {
      Valid.text("provider id", providerId, 200);
    }
    former = List.copyOf(former);
    if (former.size() > MOST_FORMER) {
      throw new IllegalArgumentException(
          "a subscription has at most " + MOST_FORMER + " former ones, got " + former.size());
    }
  }

  /** One that was never another. */
  public Subscription(
      String customer,
      String tier,
      Status status,
      @Nullable Instant anchor,
      Map<String, String> overrides,
      @Nullable String providerId) {
    this(customer, tier, null, status, anchor, overrides, providerId, List.of());
  }

  private static void checkFallback(String tier, @Nullable String fallback) {
    if (fallback != null) {
      Valid.text("fallback", fallback, 128);
      if (fallback.equals(tier)) {
        throw new IllegalArgumentException("a tier is no fallback for itself: \"" + tier + "\"");
      }
    }
  }

  private static Map<String, String> checked(Map<String, String> overrides) {
    if (overrides.size() > MOST_OVERRIDES) {
      throw new IllegalArgumentException(
          "a subscription has at most " + MOST_OVERRIDES + " overrides, got " + overrides.size());
    }
    overrides.forEach(
        (name, value) -> {
          Valid.text("override name", name, 128);
          Valid.text("override \"" + name + "\"", value, 1_000);
        });
    return Map.copyOf(overrides);
  }

  /** A subscription to a tier, in force, without values of its own. */
  public static Subscription to(String tier, String customer) {
    return new Subscription(customer, tier, Status.ACTIVE, null, Map.of(), null);
  }

  /** Name of the tier in force: its own, or the fallback. */
  public String inForce() {
    return fallback == null ? tier : fallback;
  }

  /** This one with another tier, which is in force; with the same one it is as it was. */
  public Subscription withTier(String other) {
    if (other.equals(tier)) {
      return this;
    }
    return new Subscription(customer, other, null, status, anchor, overrides, providerId, former);
  }

  /** This one with another tier in force in place of its own; null: with its own. */
  public Subscription withFallback(@Nullable String other) {
    return new Subscription(customer, tier, other, status, anchor, overrides, providerId, former);
  }

  /** This one in force, or suspended. */
  public Subscription withStatus(Status other) {
    return new Subscription(customer, tier, fallback, other, anchor, overrides, providerId, former);
  }

  /** This one with billing periods from that moment; null: the calendar's. */
  public Subscription withAnchor(@Nullable Instant start) {
    return new Subscription(customer, tier, fallback, status, start, overrides, providerId, former);
  }

  /** This one with exactly these values of its own. */
  public Subscription withOverrides(Map<String, String> all) {
    return new Subscription(customer, tier, fallback, status, anchor, all, providerId, former);
  }

  /** This one in the place of another, which it remembers if tier, fallback or values differ. */
  public Subscription inPlaceOf(Subscription other, Instant at) {
    List<Former> all = new ArrayList<>(other.former);
    if (!tier.equals(other.tier)
        || !Objects.equals(fallback, other.fallback)
        || !overrides.equals(other.overrides)) {
      all.add(new Former(other.tier, other.fallback, other.overrides, at));
    }
    all.removeIf(one -> one.until.isBefore(at.minus(KEPT)));
    List<Former> kept = all.subList(Math.max(0, all.size() - MOST_FORMER), all.size());
    return new Subscription(customer, tier, fallback, status, anchor, overrides, providerId, kept);
  }
}
