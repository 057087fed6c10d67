// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an invoice comes to be: a draft, whose metered lines follow the usage that still comes in,
 * and then final, after which nothing of it changes any more but whether it is paid.
 */
final class Invoicing {

  private final World world;
  private final Events events;
  private final Usage usage;
  private final Lines lines;
  private final Payments payments;
  private long numbers;

  Invoicing(World world, Events events, Usage usage, Lines lines, Payments payments) {
    this.world = world;
    this.events = events;
    this.usage = usage;
    this.lines = lines;
    this.payments = payments;
  }

  boolean hasCard(ObjectNode customer, ObjectNode subscription) {
    return payments.hasCard(customer, subscription);
  }

  /** A draft that is not kept yet. */
  ObjectNode draft(
      ObjectNode customer, @Nullable ObjectNode subscription, String reason, Span span) {
    ObjectNode invoice = world.create("invoice", "in", World.clock(customer));
    String currency = Json.text(subscription == null ? customer : subscription, "currency");
    invoice.put("amount_due", 0).put("amount_paid", 0).put("amount_remaining", 0);
    invoice.put("attempt_count", 0).put("attempted", false).put("auto_advance", true);
    invoice.putNull("automatically_finalizes_at").put("billing_reason", reason);
    invoice.put("collection_method", "charge_automatically");
    invoice.put("currency", currency == null ? "usd" : currency);
    invoice.put("customer", customer.path("id").asText());
    invoice.set("customer_email", customer.path("email"));
    invoice.set("customer_name", customer.path("name"));
    invoice.putNull("description").putNull("due_date").putNull("effective_at");
    invoice.put("hosted_invoice_url", world.base() + "/#" + invoice.path("id").asText());
    invoice.putObject("metadata");
    invoice.putNull("next_payment_attempt").putNull("number").putNull("parent");
    invoice.put("period_start", span.start()).put("period_end", span.end());
    invoice.put("starting_balance", 0).putNull("ending_balance").put("status", "draft");
    ObjectNode transitions = invoice.putObject("status_transitions").putNull("finalized_at");
    transitions.putNull("marked_uncollectible_at").putNull("paid_at").putNull("voided_at");
    invoice.put("subtotal", 0).put("total", 0);
    invoice.set("test_clock", customer.path("test_clock"));
    invoice.putArray("_fixed");
    invoice.putArray("_arrears");
    if (subscription != null) {
      of(invoice, subscription);
    }
    return invoice;
  }

  private static void of(ObjectNode invoice, ObjectNode subscription) {
    ObjectNode parent = invoice.putObject("parent").put("type", "subscription_details");
    ObjectNode details = parent.putNull("quote_details").putObject("subscription_details");
    details.put("subscription", Json.text(subscription, "id"));
    details.set("metadata", subscription.path("metadata").deepCopy());
    invoice.set("collection_method", subscription.path("collection_method"));
    invoice.put("_days_until_due", subscription.path("days_until_due").asLong());
  }

  void add(ObjectNode invoice, List<ObjectNode> more) {
    more.forEach(((ArrayNode) invoice.get("_fixed"))::add);
  }

  /** Usage of an item from one second to another, as it will be known in the end. */
  void arrears(ObjectNode invoice, ObjectNode item, Span span) {
    ObjectNode arrears = ((ArrayNode) invoice.get("_arrears")).addObject();
    arrears.set("item", item.deepCopy());
    arrears.put("start", span.start()).put("end", span.end());
  }

  /** Invoice items that wait for the next invoice of a customer go onto this one. */
  void sweep(ObjectNode invoice) {
    for (ObjectNode item : pending(invoice)) {
      item.put("invoice", invoice.path("id").asText());
      add(invoice, List.of(lines.of(item)));
    }
  }

  /** Those that wait and belong to an invoice like this. */
  List<ObjectNode> pending(ObjectNode invoice) {
    JsonNode parent = invoice.path("parent").path("subscription_details");
    String own = Json.textOrEmpty(parent, "subscription");
    List<ObjectNode> pending = new ArrayList<>();
    for (ObjectNode item : world.store().all("invoiceitem")) {
      String of = Json.textOrEmpty(item, "_subscription");
      boolean same = Json.textOrEmpty(item, "customer").equals(Json.text(invoice, "customer"));
      if (same && !Json.has(item, "invoice") && (of.isEmpty() || of.equals(own))) {
        pending.add(item);
      }
    }
    return pending;
  }

  /** Keeps a draft, and has it final after a while, or at once where the while is zero. */
  ObjectNode issue(ObjectNode invoice, Duration after) {
    world.store().put(invoice);
    refresh(invoice);
    Instant at = Instant.ofEpochSecond(world.now(invoice)).plus(after);
    if (invoice.path("auto_advance").asBoolean() && !after.isZero()) {
      invoice.put("automatically_finalizes_at", at.getEpochSecond());
    }
    events.emit("invoice.created", invoice);
    if (after.isZero()) {
      makeFinal(invoice);
    } else if (invoice.path("auto_advance").asBoolean()) {
      world.agenda().at(World.clock(invoice), at, () -> due(invoice));
    }
    return invoice;
  }

  private void due(ObjectNode invoice) {
    boolean draft = Json.textOrEmpty(invoice, "status").equals("draft");
    if (draft && invoice.path("auto_advance").asBoolean()) {
      makeFinal(invoice);
    }
  }

  /** Has the lines and sums of a draft follow what is known now. */
  ObjectNode refresh(ObjectNode invoice) {
    if (!Json.textOrEmpty(invoice, "status").equals("draft")) {
      return invoice;
    }
    List<ObjectNode> all = Json.objects(invoice.path("_fixed"));
    for (JsonNode each : invoice.path("_arrears")) {
      ObjectNode item = (ObjectNode) each.path("item");
      Span span = new Span(each.path("start").asLong(), each.path("end").asLong());
      JsonNode price = item.path("price");
      String customer = Json.textOrEmpty(invoice, "customer");
      for (ObjectNode line : lines.of(item, price, used(price, customer, span), span)) {
        String id = item.path("id").asText().replace("si_", "il_");
        all.add(line.put("id", id + "_" + span.start() + "_" + all.size())); // the same each time
      }
    }
    all.forEach(line -> line.put("invoice", invoice.path("id").asText()));
    String url = "/v1/invoices/" + invoice.path("id").asText() + "/lines";
    ObjectNode list = Listing.list(all, false, url).put("total_count", all.size());
    invoice.set("lines", list);
    long total = all.stream().mapToLong(line -> line.path("amount").asLong()).sum();
    invoice.put("subtotal", total).put("total", total).put("total_excluding_tax", total);
    long due = Math.max(0, total + Math.min(0, balance(invoice)));
    invoice.put("amount_due", due).put("amount_remaining", due);
    return invoice;
  }

  private long balance(ObjectNode invoice) {
    ObjectNode customer = world.store().find("customer", Json.textOrEmpty(invoice, "customer"));
    return customer == null ? 0 : customer.path("balance").asLong();
  }

  /** Units of a metered price in a span of time. */
  BigDecimal used(JsonNode price, String customer, Span span) {
    String id = Json.textOrEmpty(price.path("recurring"), "meter");
    ObjectNode meter = world.store().find("billing.meter", id);
    return meter == null ? BigDecimal.ZERO : usage.of(meter, customer, span, world.agenda().now());
  }

  /** No line of it changes after this; it is paid, or tried to be. */
  void makeFinal(ObjectNode invoice) {
    refresh(invoice);
    settleBalance(invoice);
    long now = world.now(invoice);
    invoice.put("number", "FAKE-" + String.format("%04d", ++numbers));
    invoice.put("status", "open").put("effective_at", now).putNull("automatically_finalizes_at");
    invoice.withObjectProperty("status_transitions").put("finalized_at", now);
    boolean automatic = !Json.textOrEmpty(invoice, "collection_method").equals("send_invoice");
    if (!automatic) {
      invoice.put("due_date", now + invoice.path("_days_until_due").asLong() * 86400);
    }
    events.emit("invoice.finalized", invoice);
    if (invoice.path("amount_due").asLong() == 0) {
      payments.paid(invoice);
    } else if (automatic && invoice.path("auto_advance").asBoolean()) {
      payments.attempt(invoice);
    }
  }

  /** A negative sum is credited to the customer; a credit is used up first. */
  private void settleBalance(ObjectNode invoice) {
    ObjectNode customer = world.store().find("customer", Json.textOrEmpty(invoice, "customer"));
    long before = balance(invoice);
    long total = invoice.path("total").asLong();
    long due = invoice.path("amount_due").asLong();
    long after = total < 0 ? before + total : before + (total - due);
    invoice.put("starting_balance", before).put("ending_balance", after);
    if (customer != null && !customer.has("deleted")) {
      customer.put("balance", after);
    }
  }
}
