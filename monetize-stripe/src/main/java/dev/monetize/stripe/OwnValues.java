// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.Accounts;
import dev.monetize.identity.Subscription;
import dev.monetize.stripe.BillingEntry.NothingAside;
import dev.monetize.stripe.BillingEntry.PutAside;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives customers tiers, and keeps what is their own: values that were agreed on for a tier are put
 * aside when its subscription ends, and given back with the tier. Thread-safe; one at a time of
 * each customer.
 */
final class OwnValues {

  private static final Logger log = LoggerFactory.getLogger(StripeBilling.class);

  private final Accounts accounts;
  private final BillingBook book;

  OwnValues(Accounts accounts, BillingBook book) {
    this.accounts = accounts;
    this.book = book;
  }

  /**
   * Gives what was subscribed to, with what was put aside, unless there are other values by now.
   *
   * @param fallback what is in force meanwhile where it is owed for, or null
   */
  Subscription give(
      String customer, String tier, @Nullable String fallback, Instant anchor, String id)
      throws IOException {
    Map<String, String> aside = book.look(state -> state.aside(customer));
    Subscription given =
        accounts.update(
            customer,
            present -> {
              Subscription has = present.orElseGet(() -> Subscription.to(tier, customer));
              Map<String, String> own = has.overrides().isEmpty() ? aside : has.overrides();
              return new Subscription(
                  customer, tier, fallback, has.status(), anchor, own, id, has.former());
            });
    if (!aside.isEmpty()) {
      book.write(new NothingAside(customer));
    }
    return given;
  }

  /** Gives what there is after a subscription, without what was agreed on for another tier. */
  Subscription end(String customer, String tier, Optional<Instant> anchor, @Nullable String id)
      throws IOException {
    Map<String, String> leaving =
        accounts
            .subscription(customer)
            .filter(has -> !has.tier().equals(tier))
            .map(Subscription::overrides)
            .orElse(Map.of());
    if (!leaving.isEmpty()) {
      putAside(customer, leaving);
    }
    return accounts.update(
        customer,
        present -> {
          Subscription has = present.orElseGet(() -> Subscription.to(tier, customer));
          Map<String, String> own = has.overrides().equals(leaving) ? Map.of() : has.overrides();
          return new Subscription(
              customer,
              tier,
              null,
              has.status(),
              anchor.orElse(has.anchor()),
              own,
              id,
              has.former());
        });
  }

  private void putAside(String customer, Map<String, String> values) throws IOException {
    List<BillingEntry> entries = new ArrayList<>();
    entries.add(new NothingAside(customer));
    values.forEach((name, value) -> entries.add(new PutAside(customer, name, value)));
    book.write(entries.toArray(new BillingEntry[0]));
    log.warn(
        "values of customer \"{}\" are put aside until it has its tier again: {}",
        customer,
        values);
  }
}
