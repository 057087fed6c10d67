// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.FileNode.Entries;
import dev.monetize.tier.FileNode.Items;
import dev.monetize.tier.FileNode.Refused;
import dev.monetize.tier.FileNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A property of a file or override, to be read as one thing or another. What cannot be read becomes
 * a fault, and then there is no value.
 *
 * @param name as it is shown in faults
 * @param place where faults are shown: at the key
 */
record Property(String name, Place place, FileNode node, Faults faults) {

  private static final String CUSTOM = "custom";

  /** A property of one text, that stands in no file. */
  static Property of(String name, Place place, String text, Faults faults) {
    return new Property(name, place, new Scalar(place, text, /* quoted= */ true), faults);
  }

  /** Whether it is to be set per customer. */
  boolean isCustom() {
    return node instanceof Scalar scalar && scalar.text().equals(CUSTOM);
  }

  boolean isScalar() {
    return node instanceof Scalar;
  }

  boolean isList() {
    return node instanceof Items;
  }

  /**
   * Its text, read by a function that throws an {@link IllegalArgumentException} with what it
   * expected.
   */
  <T> Optional<T> read(Function<String, T> reader) {
    return readScalar(scalar -> reader.apply(scalar.text()));
  }

  /** As {@link #read}, for who must know of quotes. */
  <T> Optional<T> readScalar(Function<Scalar, T> reader) {
    if (!(node instanceof Scalar scalar)) {
      return refused("expected one value, got " + kind());
    }
    try {
      return Optional.of(reader.apply(scalar));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return fault(scalar.text(), String.valueOf(e.getMessage()));
    }
  }

  /** A value that is made of it; what refuses to be made is a fault of it. */
  <T> Optional<T> attempt(Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  /** The properties inside it, if it is a map of nothing but known ones. */
  Optional<Section> section(List<String> known) {
    Optional<Section> section = section();
    section.ifPresent(present -> present.refuseUnknown(known));
    return section;
  }

  /** The properties inside it, if it is a map, whatever their names. */
  Optional<Section> section() {
    return node instanceof Entries entries
        ? Optional.of(new Section(this, entries))
        : refused("expected a map, got " + kind());
  }

  /** Its items if it is a list, else itself. */
  List<Property> items() {
    if (!(node instanceof Items list)) {
      return List.of(this);
    }
    List<Property> items = new ArrayList<>();
    list.items().forEach(item -> items.add(new Property(name, item.place(), item, faults)));
    return items;
  }

  /** Adds a fault that shows the property, and its value if it is a text. */
  <T> Optional<T> refused(String why) {
    if (node instanceof Refused) {
      return Optional.empty();
    }
    if (node instanceof Scalar scalar) {
      return fault(scalar.text(), why);
    }
    faults.add(place, name + ": " + why);
    return Optional.empty();
  }

  private <T> Optional<T> fault(String value, String why) {
    faults.add(place, name + " " + Shown.quoted(value) + ": " + why);
    return Optional.empty();
  }

  private String kind() {
    if (node instanceof Items) {
      return "a list";
    }
    if (node instanceof Entries) {
      return "a map";
    }
    return node instanceof Scalar scalar && scalar.text().isEmpty() ? "nothing" : "one value";
  }
}
