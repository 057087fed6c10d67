// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.price.Price;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prices as JSON. Amounts are texts, because a JSON number may be read as a binary fraction. */
final class Prices {

  private Prices() {}

  static Map<String, Object> of(Price price) {
    Map<String, Object> body = new LinkedHashMap<>();
    put(body, price);
    return body;
  }

  private static void put(Map<String, Object> body, Price price) {
    if (price instanceof Price.PerUnit unit) {
      body.put("perUnit", unit.each().decimal());
    } else if (price instanceof Price.PerSecond second) {
      body.put("perSecond", second.each().decimal());
    } else if (price instanceof Price.PerPackage pack) {
      body.put("perPackage", pack.each().decimal());
      body.put("packageSize", pack.size());
    } else if (price instanceof Price.Tiered tiered) {
      body.put(
          tiered.mode().name().toLowerCase(Locale.ROOT),
          tiered.bands().stream().map(Prices::band).toList());
    } else if (price instanceof Price.IncludedThenOverage overage) {
      body.put("included", overage.included());
      put(body, overage.overage());
    }
  }

  private static Map<String, Object> band(Price.Band band) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (band.upTo() != Price.Band.NO_END) {
      body.put("upTo", band.upTo());
    }
    body.put("each", band.each().decimal());
    body.put("flat", band.flat().decimal());
    return body;
  }
}
