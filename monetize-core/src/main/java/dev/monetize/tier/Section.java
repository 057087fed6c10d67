// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.FileNode.Entries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The properties in a map. */
final class Section {

  /** Planned, and refused until they are enforced. */
  private static final Set<String> LATER = Set.of("credits", "payments", "trial", "notices");

  private final Property owner;
  private final Entries entries;

  Section(Property owner, Entries entries) {
    this.owner = owner;
    this.entries = entries;
  }

  /** A property by its key, shown in faults by the key alone. */
  Optional<Property> get(String key) {
    return Optional.ofNullable(entries.entries().get(key))
        .map(entry -> new Property(key, entry.place(), entry.value(), owner.faults()));
  }

  /** A property by its key, shown in faults with the name of the map before it. */
  Optional<Property> inner(String key) {
    return Optional.ofNullable(entries.entries().get(key))
        .map(
            entry ->
                new Property(
                    owner.name() + "." + key, entry.place(), entry.value(), owner.faults()));
  }

  /** All properties by their keys, in order, shown in faults with the name of the map before it. */
  Map<String, Property> all() {
    Map<String, Property> all = new LinkedHashMap<>();
    entries.entries().keySet().forEach(key -> inner(key).ifPresent(p -> all.put(key, p)));
    return all;
  }

  /** As {@link #all}, but keys that are no names are refused and left out. */
  Map<String, Property> named() {
    Map<String, Property> named = new LinkedHashMap<>();
    all()
        .forEach(
            (key, property) -> {
              String fault = Names.fault(key);
              if (fault == null) {
                named.put(key, property);
              } else {
                owner
                    .faults()
                    .add(property.place(), owner.name() + " " + Shown.quoted(key) + ": " + fault);
              }
            });
    return named;
  }

  void refuseUnknown(List<String> known) {
    List<String> unknown = new ArrayList<>(entries.entries().keySet());
    unknown.removeAll(known);
    for (String key : unknown) {
      inner(key).ifPresent(p -> owner.faults().add(p.place(), fault(key, known)));
    }
  }

  private static String fault(String key, List<String> known) {
    return LATER.contains(key)
        ? Shown.quoted(key) + " is not supported yet"
        : "unknown property " + Shown.quoted(key) + ": expected " + Suggestions.of(key, known);
  }
}
