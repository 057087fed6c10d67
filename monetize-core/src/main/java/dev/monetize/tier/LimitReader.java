// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Scope;
import java.util.List;
import java.util.Optional;

/** Reads concurrency limits, and what all limits have. */
final class LimitReader {

  private static final List<String> CONCURRENCY = List.of("max", "per", "shadow");
  private static final int MOST_AT_ONCE = 1_000_000;

  private LimitReader() {}

  /** Reads {@code 5}, {@code custom} or a map. */
  static Optional<Setting<ConcurrencyLimit>> concurrency(Property property) {
    if (property.isScalar()) {
      return atOnce(property, Scope.CUSTOMER, /* shadow= */ false);
    }
    Optional<Section> section = property.section(CONCURRENCY);
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Scope scope = scope(section.get());
    boolean shadow = shadow(section.get());
    Optional<Property> max = section.get().inner("max");
    return max.isPresent()
        ? atOnce(max.get(), scope, shadow)
        : property.refused("expected max, such as {max: 5}");
  }

  private static Optional<Setting<ConcurrencyLimit>> atOnce(
      Property property, Scope scope, boolean shadow) {
    if (property.isCustom()) {
      return Optional.of(
          Setting.custom(new ConcurrencyLimit(TierTerms.CONCURRENCY, 1, scope, shadow)));
    }
    return property
        .read(text -> (int) Numbers.read(text, 1, MOST_AT_ONCE))
        .map(max -> Setting.of(new ConcurrencyLimit(TierTerms.CONCURRENCY, max, scope, shadow)));
  }

  /** A customer's own limit in the place of a tier's. */
  static Optional<ConcurrencyLimit> override(ConcurrencyLimit template, Property property) {
    return atOnce(property, template.scope(), template.shadow()).map(Setting::value);
  }

  static Scope scope(Section section) {
    return section.inner("per").flatMap(p -> p.read(LimitReader::scope)).orElse(Scope.CUSTOMER);
  }

  static boolean shadow(Section section) {
    return section.inner("shadow").flatMap(p -> p.read(Numbers::readTruth)).orElse(false);
  }

  private static Scope scope(String text) {
    if (text.equals("customer") || text.equals("key")) {
      return text.equals("key") ? Scope.KEY : Scope.CUSTOMER;
    }
    throw new IllegalArgumentException("expected customer or key");
  }
}
