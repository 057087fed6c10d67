// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Map;

/**
 * Where the properties of something stand.
 *
 * @param whole where it begins
 * @param properties by name, as far as they stand somewhere
 */
record Places(Place whole, Map<String, Place> properties) {

  /** Of something that stands in no file. */
  static Places of(String source) {
    return new Places(Place.of(source), Map.of());
  }

  /** The place of a property, else of the whole. */
  Place at(String property, String... otherwise) {
    Place place = properties.get(property);
    for (int i = 0; place == null && i < otherwise.length; i++) {
      place = properties.get(otherwise[i]);
    }
    return place == null ? whole : place;
  }

  /** Whether a property stands there, even if it could not be read. */
  boolean has(String property) {
    return properties.containsKey(property);
  }
}
