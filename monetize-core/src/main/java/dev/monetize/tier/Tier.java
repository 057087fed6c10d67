// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.Limit;
import dev.monetize.price.BasePrice;
import dev.monetize.price.Price;
import dev.monetize.quota.Quota;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A product that customers subscribe to: which endpoints, how fast, how much of it, for what price.
 *
 * <p>Made by {@link #named} or read from a tier file. Immutable.
 */
public interface Tier {

  /** Begins a tier. */
  static TierBuilder named(String name) {
    return new TierBuilder(name);
  }

  /** Its name, unique in a catalog. */
  String name();

  /** What it costs before any usage; empty where the price is custom. */
  Optional<BasePrice> price();

  /** Whether it costs anything: who has one that does not owes nothing, whatever is used. */
  default boolean isSold() {
    return price().map(price -> !price.amount().isZero()).orElse(true) || !prices().isEmpty();
  }

  /** Rate and concurrency limits that hold for every call. */
  List<Limit> limits();

  /** What is included per period, each with a meter of its own or a period of its own. */
  List<Quota> quotas();

  /** What units of a meter cost, by meter. */
  Map<String, Price> prices();

  /** What it may call. */
  List<EndpointPattern> endpoints();

  /** Feature flags and values, for the app to read: booleans, whole numbers and texts. */
  Map<String, Object> features();

  /** Kind of support, for people to read. */
  Optional<String> support();

  /** Promised availability, for people to read. */
  Optional<String> sla();

  /** Whether its limits only report what they would have refused. */
  boolean shadow();

  /**
   * Properties that are set per customer and are not set here, in the words of the tier file:
   * {@code rate_limit}, {@code rate_limits.<name>}, {@code concurrency}, {@code included_calls},
   * {@code quotas.<meter>}, {@code price}. While one of a limit or quota is not set, calls are
   * refused; a {@code price} alone keeps nobody from calling, since it only matters to invoices.
   */
  Set<String> custom();

  /**
   * This tier with values of a customer's own, in the words of the tier file: {@code rate_limit:
   * 500/min}. They take the place of the tier's, custom or not; scope, windows and shadow mode stay
   * as the tier has them; a burst is as large as the own limit, of a strict one as the tier has it.
   *
   * <p>Own values can be had of the properties in {@link #custom}, and of {@code overage}, {@code
   * overage.<meter>}, {@code prices.<meter>} and {@code features.<name>}.
   *
   * @throws TierFaultsException if a property cannot be set per customer, or its value is no good
   */
  Tier with(Map<String, String> overrides);
}
