// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monetize.InvoicePreview.Fixed;
import dev.monetize.InvoicePreview.Line;
import dev.monetize.InvoicePreview.Usage;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.RatedLine;
import dev.monetize.price.RatedLine.Part;
import dev.monetize.usage.UsagePoint;
import java.util.Locale;

/** An invoice as text and as JSON. */
final class InvoiceText {

  private InvoiceText() {}

  static String text(InvoicePreview invoice) {
    StringBuilder text =
        new StringBuilder(
                "Invoice preview for %s, in %s\n".formatted(invoice.customer(), currency(invoice)))
            .append("%s to %s\n\n".formatted(invoice.start(), invoice.end()));
    for (Line line : invoice.lines()) {
      row(text, line.tier() + ", " + line.description(), line.amount());
      if (line instanceof Usage usage) {
        usage.rated().parts().forEach(part -> text.append(part(usage.rated(), part)));
      }
    }
    row(text, "total", invoice.total());
    return text.toString();
  }

  private static void row(StringBuilder text, String what, Money amount) {
    text.append(
        String.format(Locale.ROOT, "%-66s %12s%n", what, amount.decimal()).replace("\r", ""));
  }

  private static String part(RatedLine line, Part part) {
    Price price =
        line.price() instanceof Price.IncludedThenOverage hybrid ? hybrid.overage() : line.price();
    String words = part.units() + " at " + part.each();
    if (price instanceof Price.PerPackage) {
      words += " for each " + part.per() + " begun";
    } else if (price instanceof Price.PerSecond) {
      words = part.units() + "/" + part.per() + " s at " + part.each();
    }
    String flat = part.flat().isZero() ? "" : " and " + part.flat();
    return "    " + words + flat + " = " + part.amount() + "\n";
  }

  static ObjectNode json(InvoicePreview invoice) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("customer", invoice.customer())
            .put("currency", currency(invoice))
            .put("start", invoice.start().toString())
            .put("end", invoice.end().toString());
    ArrayNode lines = json.putArray("lines");
    for (Line line : invoice.lines()) {
      ObjectNode one = lines.addObject();
      one.put("kind", line instanceof Fixed fixed ? fixed.kind().toString() : "usage");
      one.put("tier", line.tier()).put("description", line.description());
      if (line instanceof Fixed fixed) {
        one.put("from", fixed.from().toString()).put("to", fixed.to().toString());
      } else if (line instanceof Usage usage) {
        usage(one, usage);
      }
      one.put("exact", line.exact().decimal()).put("amount", line.amount().decimal());
    }
    return json.put("total", invoice.total().decimal());
  }

  private static void usage(ObjectNode json, Usage usage) {
    RatedLine rated = usage.rated();
    json.put("meter", rated.meter())
        .put("units", rated.units())
        .put("included", usage.included())
        .put("billable", rated.billableUnits());
    ArrayNode parts = json.putArray("parts");
    for (Part part : rated.parts()) {
      ObjectNode one = parts.addObject().put("units", part.units());
      one.put("each", part.each().decimal()).put("per", part.per());
      one.put("flat", part.flat().decimal()).put("amount", part.amount().decimal());
    }
    ArrayNode hours = json.putArray("hours");
    for (UsagePoint hour : usage.hours()) {
      hours
          .addObject()
          .put("start", hour.start().toString())
          .put("end", hour.end().toString())
          .put("units", hour.units());
    }
  }

  private static String currency(InvoicePreview invoice) {
    return invoice.total().currency().getCurrencyCode();
  }
}
