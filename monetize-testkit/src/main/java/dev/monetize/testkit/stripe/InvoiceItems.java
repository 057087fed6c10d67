// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;

/** What waits for the next invoice of a customer. */
final class InvoiceItems {

  private static final String TYPE = "invoiceitem";

  private static final Shape CREATE =
      Shape.of("!customer amount:int currency description invoice subscription quantity:int")
          .and("unit_amount_decimal:decimal metadata:hash discountable:bool")
          .with("pricing", Shape.of("price"))
          .with("period", Shape.of("!start:int !end:int"));

  private final World world;
  private final Lines lines;
  private final Events events;

  InvoiceItems(World world, Lines lines, Events events) {
    this.world = world;
    this.lines = lines;
    this.events = events;
  }

  void routes(Router router) {
    router.add("POST", "/v1/invoiceitems", request -> create(request.as(CREATE).params()));
    router.add("GET", "/v1/invoiceitems", this::list);
    router.add("GET", "/v1/invoiceitems/*", request -> world.store().get(TYPE, request.id()));
    router.add("DELETE", "/v1/invoiceitems/*", this::delete);
  }

  private JsonNode list(Request raw) {
    Request request = raw.asList("customer invoice pending:bool created:any");
    List<ObjectNode> all =
        world.store().newest(TYPE).stream()
            .filter(each -> !request.params().path("pending").asBoolean() || !taken(each))
            .toList();
    return Listing.of(all, request, "customer", "invoice");
  }

  private static boolean taken(ObjectNode item) {
    return Json.has(item, "invoice");
  }

  private JsonNode delete(Request request) {
    ObjectNode item = world.store().get(TYPE, request.id());
    if (taken(item)) {
      throw StripeError.refused(null, null, "The invoice item is on an invoice already.");
    }
    world.store().remove(item);
    ObjectNode gone = Json.object().put("id", request.id()).put("object", TYPE);
    return gone.put("deleted", true);
  }

  private JsonNode create(ObjectNode params) {
    String id = Json.textOrEmpty(params, "customer");
    ObjectNode customer = world.store().named("customer", id, "customer");
    long now = world.now(customer);
    JsonNode period = params.path("period");
    Span span =
        period.isObject()
            ? new Span(period.path("start").asLong(), period.path("end").asLong())
            : new Span(now, now);
    String subscription = Json.textOrEmpty(params, "subscription");
    if (!subscription.isEmpty()) {
      world.store().named("subscription", subscription, "subscription");
    }
    ObjectNode item = pend(customer, subscription, line(params, span));
    World.apply(item, Json.object().set("metadata", params.path("metadata")));
    String invoice = Json.text(params, "invoice");
    if (invoice != null) {
      onto(world.store().named("invoice", invoice, "invoice"), item);
    }
    return item;
  }

  private void onto(ObjectNode invoice, ObjectNode item) {
    if (!Json.textOrEmpty(invoice, "status").equals("draft")) {
      throw StripeError.refused(
          "invoice_not_editable", "invoice", "The invoice is final: nothing can be added.");
    }
    item.put("invoice", invoice.path("id").asText());
    invoice.withArrayProperty("_fixed").add(lines.of(item));
  }

  private ObjectNode line(ObjectNode params, Span span) {
    BigDecimal quantity = BigDecimal.valueOf(params.path("quantity").asLong(1));
    String named = Json.text(params.path("pricing"), "price");
    ObjectNode priced = Json.object().put("currency", Json.textOrEmpty(params, "currency"));
    long amount = params.path("amount").asLong();
    if (named != null) {
      priced = world.store().named("price", named, "pricing[price]");
      amount = Charge.total(priced, quantity);
    } else if (Json.has(params, "unit_amount_decimal")) {
      BigDecimal unit = new BigDecimal(Json.textOrEmpty(params, "unit_amount_decimal"));
      amount = Charge.cents(unit.multiply(quantity));
    } else if (!Json.has(params, "amount") || !Json.has(params, "currency")) {
      throw StripeError.invalid(
          "parameter_missing", "amount", "You must specify `amount` and `currency`, or a price.");
    }
    ObjectNode line = lines.line(priced, amount, Json.textOrEmpty(params, "description"), span);
    return line.put("quantity", quantity);
  }

  /** Has a line wait, for an invoice of a subscription or, where none is named, of any. */
  ObjectNode pend(ObjectNode customer, String subscription, ObjectNode line) {
    ObjectNode item = world.create(TYPE, "ii", World.clock(customer));
    item.remove("created");
    item.put("date", world.now(customer));
    item.set("amount", line.path("amount"));
    item.set("currency", line.path("currency"));
    item.put("customer", customer.path("id").asText());
    item.set("description", line.path("description"));
    item.putNull("invoice").putObject("metadata");
    item.set("period", line.path("period"));
    item.set("pricing", line.path("pricing"));
    JsonNode details = line.path("parent").path("subscription_item_details");
    item.put("proration", details.path("proration").asBoolean());
    item.set("quantity", line.path("quantity"));
    item.put("_subscription", subscription);
    item.set("_line", line.deepCopy());
    world.store().put(item);
    events.emit("invoiceitem.created", item);
    return item;
  }
}
