// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Settings of a {@link StripeCatalog}. Not thread-safe. */
public final class StripeCatalogBuilder {

  private static final int MOST_EVENT_NAME = 100;
  private static final int MOST_NAME = 250;

  private final StripeConnection connection;
  private final Map<String, String> events = new TreeMap<>();
  private final Map<String, String> products = new TreeMap<>();
  private LookupKeys keys = new LookupKeys("monetize");

  StripeCatalogBuilder(StripeConnection connection) {
    this.connection = connection;
  }

  /**
   * What lookup keys begin with, as in {@link StripeBillingBuilder#prefix}; default: {@code
   * monetize}. Several tier files of one account have a prefix each.
   */
  public StripeCatalogBuilder prefix(String text) {
    keys = new LookupKeys(text);
    return this;
  }

  /**
   * The {@code event_name} of a meter at Stripe, as in {@link StripeUsageSinkBuilder#meter};
   * default: the prefix, {@code _}, and the meter's name, as {@code monetize_calls}.
   *
   * @param meter ours
   * @param eventName 1 to 100 characters
   */
  public StripeCatalogBuilder meter(String meter, String eventName) {
    events.put(
        Objects.requireNonNull(meter, "meter"), text("eventName", eventName, MOST_EVENT_NAME));
    return this;
  }

  /**
   * What customers read on invoices for a tier; default: its name, which can be changed at Stripe.
   *
   * @param name 1 to 250 characters
   */
  public StripeCatalogBuilder product(String tier, String name) {
    products.put(Objects.requireNonNull(tier, "tier"), text("name", name, MOST_NAME));
    return this;
  }

  private static String text(String what, String text, int most) {
    if (text.isBlank() || text.length() > most) {
      throw new IllegalArgumentException(
          "%s must have 1 to %d characters, got \"%s\"".formatted(what, most, text));
    }
    return text;
  }

  /** It, with a client of its own. Nothing is asked yet. */
  public StripeCatalog build() {
    return new StripeCatalog(connection.client(), new CatalogNames(keys, events, products));
  }
}
