// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Lines of invoices. */
final class Lines {

  private final World world;

  Lines(World world) {
    this.world = world;
  }

  /** What so many units of an item's price come to. */
  List<ObjectNode> of(ObjectNode item, JsonNode price, BigDecimal units, Span span) {
    List<ObjectNode> lines = new ArrayList<>();
    for (Charge charge : Charge.of(full(price), units)) {
      String what = charge.quantity().toPlainString() + " × " + name(price) + charge.note();
      ObjectNode line = line(price, charge.amount(), what, span);
      line.put("quantity", charge.quantity());
      line.withObjectProperty("pricing").put("unit_amount_decimal", charge.unitAmount());
      belongsTo(line, item, false);
      lines.add(line);
    }
    return lines;
  }

  /** A part of what an item costs or cost in a period. */
  ObjectNode prorated(ObjectNode item, JsonNode price, long amount, Span span) {
    String what = (amount < 0 ? "Unused time on " : "Remaining time on ") + name(price);
    ObjectNode line = line(price, amount, what, span);
    line.put("quantity", item.path("quantity").asLong(1));
    belongsTo(line, item, true);
    return line;
  }

  /** What an invoice item stands for. */
  ObjectNode of(ObjectNode invoiceItem) {
    ObjectNode line = (ObjectNode) invoiceItem.path("_line").deepCopy();
    line.put("id", world.ids().next("il"));
    if (line.get("parent").get("subscription_item_details") instanceof ObjectNode details) {
      details.put("invoice_item", invoiceItem.path("id").asText());
    } else {
      ObjectNode parent = line.putObject("parent").put("type", "invoice_item_details");
      parent.putNull("subscription_item_details");
      ObjectNode details = parent.putObject("invoice_item_details");
      details.put("invoice_item", invoiceItem.path("id").asText()).put("proration", false);
      details.put("subscription", Json.text(invoiceItem, "_subscription"));
    }
    return line;
  }

  /** A line for whatever there is to say. */
  ObjectNode line(JsonNode price, long amount, String description, Span span) {
    ObjectNode line = Json.object().put("id", world.ids().next("il"));
    line.put("object", "line_item").put("amount", amount);
    line.put("currency", Json.textOrEmpty(price, "currency")).put("description", description);
    line.putArray("discount_amounts");
    line.put("discountable", true).putArray("discounts");
    line.putNull("invoice").put("livemode", false).putObject("metadata");
    line.putObject("parent").putNull("subscription_item_details");
    line.putObject("period").put("start", span.start()).put("end", span.end());
    pricing(line, price);
    return line.put("quantity", 1).put("subtotal", amount);
  }

  private static void pricing(ObjectNode line, JsonNode price) {
    if (!Json.has(price, "id")) {
      line.putNull("pricing");
      return;
    }
    ObjectNode pricing = line.putObject("pricing").put("type", "price_details");
    ObjectNode details = pricing.putObject("price_details");
    details.put("price", Json.text(price, "id")).put("product", Json.text(price, "product"));
    pricing.put("unit_amount_decimal", Json.text(price, "unit_amount_decimal"));
  }

  private static void belongsTo(ObjectNode line, ObjectNode item, boolean proration) {
    ObjectNode parent = line.putObject("parent").put("type", "subscription_item_details");
    parent.putNull("invoice_item_details");
    ObjectNode details = parent.putObject("subscription_item_details");
    details.putNull("invoice_item").put("proration", proration);
    details.put("subscription", Json.text(item, "subscription"));
    details.put("subscription_item", Json.text(item, "id"));
  }

  private String name(JsonNode price) {
    ObjectNode product = world.store().find("product", Json.textOrEmpty(price, "product"));
    return product == null ? Json.textOrEmpty(price, "id") : Json.textOrEmpty(product, "name");
  }

  private JsonNode full(JsonNode price) {
    ObjectNode stored = world.store().find("price", Json.textOrEmpty(price, "id"));
    return stored == null ? price : stored;
  }
}
