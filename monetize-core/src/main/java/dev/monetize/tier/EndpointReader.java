// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.MeterRule.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the rules for endpoints. */
final class EndpointReader {

  private static final List<String> RULE =
      List.of("cost", "meter", "units", "estimate", "meters", "billable");
  private static final List<String> METER = List.of("units", "estimate");
  private static final String UNITS =
      "expected handler, elapsed, header <name>, or a whole number of units";

  private EndpointReader() {}

  /** Reads what is said of a pattern. */
  static Endpoint endpoint(String label, Property property) {
    Optional<Section> read = property.section(RULE);
    if (read.isEmpty()) {
      return Endpoint.of(label);
    }
    Section section = read.get();
    long cost = section.inner("cost").flatMap(p -> p.read(Numbers::read)).orElse(1L);
    BillableStatuses billable =
        section
            .inner("billable")
            .flatMap(EndpointReader::billable)
            .orElse(BillableStatuses.success());
    return new Endpoint(label, cost, meters(section), billable);
  }

  private static List<MeterRule> meters(Section section) {
    List<MeterRule> meters = new ArrayList<>();
    Optional<Property> single = section.inner("meter");
    Optional<Property> several = section.inner("meters");
    if (single.isPresent() && several.isPresent()) {
      single.get().refused("expected meter or meters, not both");
      return meters;
    }
    if (single.isPresent()) {
      single
          .get()
          .read(Names::read)
          .flatMap(name -> meter(name, single.get(), section))
          .ifPresent(meters::add);
    } else {
      orphans(section);
    }
    several
        .flatMap(Property::section)
        .map(Section::named)
        .orElse(Map.of())
        .forEach((name, property) -> meter(name, property).ifPresent(meters::add));
    return meters;
  }

  private static void orphans(Section section) {
    for (String key : METER) {
      section.inner(key).ifPresent(p -> p.refused("expected a meter beside it"));
    }
  }

  private static Optional<MeterRule> meter(String name, Property property) {
    if (property.isScalar()) {
      return rule(name, property, property, Optional.empty());
    }
    return property.section(METER).flatMap(section -> meter(name, property, section));
  }

  private static Optional<MeterRule> meter(String name, Property owner, Section section) {
    Optional<Property> units = section.inner("units");
    return units.isPresent()
        ? rule(name, owner, units.get(), section.inner("estimate"))
        : owner.refused("expected units: handler, elapsed, header <name>, or a whole number");
  }

  private static Optional<MeterRule> rule(
      String name, Property owner, Property units, Optional<Property> estimate) {
    if (name.equals(Names.CALLS)) {
      return owner.refused("every endpoint counts calls already, expected another meter");
    }
    Optional<Units> read = units.read(EndpointReader::units);
    Optional<Long> reserved = estimate.flatMap(p -> p.read(Numbers::read));
    if (read.isEmpty()) {
      return Optional.empty();
    }
    if (read.get() instanceof Units.Fixed fixed) {
      estimate.ifPresent(p -> p.refused("expected none, since the units are fixed"));
      return Optional.of(MeterRule.fixed(name, fixed.units()));
    }
    return Optional.of(new MeterRule(name, read.get(), reserved.orElse(1L)));
  }

  private static Units units(String text) {
    if (text.equals("handler")) {
      return new Units.Handler();
    }
    if (text.equals("elapsed")) {
      return new Units.Elapsed();
    }
    if (text.startsWith("header ")) {
      return new Units.ResponseHeader(text.substring("header ".length()));
    }
    if (text.isEmpty() || !Character.isDigit(text.charAt(0))) {
      throw new IllegalArgumentException(UNITS);
    }
    return new Units.Fixed(Numbers.read(text));
  }

  private static Optional<BillableStatuses> billable(Property property) {
    List<String> ranges = new ArrayList<>();
    for (Property item : property.items()) {
      item.read(
              text -> {
                BillableStatuses.of(text);
                return text;
              })
          .ifPresent(ranges::add);
    }
    if (property.items().isEmpty()) {
      return property.refused("expected at least one status, such as 2xx");
    }
    return ranges.isEmpty() ? Optional.empty() : Optional.of(BillableStatuses.of(ranges));
  }
}
