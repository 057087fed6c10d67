// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;

/** How a subscription begins: with a whole period, a part of one up to its anchor, or a trial. */
final class FirstPeriod {

  private final World world;
  private final Invoicing invoicing;
  private final Lines lines;

  FirstPeriod(Billing billing) {
    world = billing.world();
    invoicing = billing.invoicing();
    lines = billing.lines();
  }

  /**
   * The first period, or the trial: its invoice is a draft that is neither kept nor told of yet.
   */
  ObjectNode begin(ObjectNode subscription) {
    String id = Json.textOrEmpty(subscription, "customer");
    ObjectNode customer = world.store().get("customer", id);
    long now = world.now(subscription);
    long trialEnd = subscription.path("trial_end").asLong();
    long anchor = subscription.path("billing_cycle_anchor").asLong();
    boolean trial = trialEnd > now;
    for (ObjectNode item : Items.of(subscription)) {
      long end = trial ? trialEnd : Periods.after(anchor, Items.recurring(item), now);
      Items.period(item, new Span(now, end));
    }
    Span present = Items.present(subscription);
    ObjectNode invoice = invoicing.draft(customer, subscription, "subscription_create", present);
    for (ObjectNode item : Items.of(subscription)) {
      invoicing.add(invoice, first(subscription, item, trial));
    }
    return invoice;
  }

  private List<ObjectNode> first(ObjectNode subscription, ObjectNode item, boolean trial) {
    JsonNode price = item.path("price");
    Span period = Items.period(item);
    if (Items.metered(price)) {
      ObjectNode none = lines.line(price, 0, "Usage is invoiced later", period);
      return List.of(none.put("quantity", 0));
    }
    if (trial) {
      return List.of(lines.line(price, 0, "Free trial", period));
    }
    BigDecimal quantity = BigDecimal.valueOf(item.path("quantity").asLong(1));
    long anchor = subscription.path("billing_cycle_anchor").asLong();
    long from = Periods.before(anchor, Items.recurring(item), period.end());
    if (from == period.start()) {
      return lines.of(item, price, quantity, period);
    }
    long full = Charge.total(full(price), quantity);
    long part = Prorations.share(full, period, new Span(from, period.end()));
    return List.of(lines.prorated(item, price, part, period));
  }

  private JsonNode full(JsonNode price) {
    ObjectNode stored = world.store().find("price", Json.textOrEmpty(price, "id"));
    return stored == null ? price : stored;
  }
}
