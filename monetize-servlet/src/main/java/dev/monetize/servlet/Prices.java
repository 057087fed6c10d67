// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.price.Money;
import dev.monetize.price.Price;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prices as JSON. Amounts are texts, because a JSON number may be read as a binary fraction. */
final class Prices {

  private Prices() {}

  /** An amount without its currency, with cents at least: {@code "49.00"}, {@code "0.002"}. */
  static String decimal(Money money) {
    BigDecimal exact = money.amount().stripTrailingZeros();
    int least = Math.max(0, money.currency().getDefaultFractionDigits());
    return exact.setScale(Math.max(least, exact.scale())).toPlainString();
  }

  static Map<String, Object> of(Price price) {
    Map<String, Object> body = new LinkedHashMap<>();
    put(body, price);
    return body;
  }

  private static void put(Map<String, Object> body, Price price) {
    if (price instanceof Price.PerUnit unit) {
      body.put("perUnit", decimal(unit.each()));
    } else if (price instanceof Price.PerSecond second) {
      body.put("perSecond", decimal(second.each()));
    } else if (price instanceof Price.IncludedThenOverage overage) {
      body.put("included", overage.included());
      put(body, overage.overage());
    }
  }
}
