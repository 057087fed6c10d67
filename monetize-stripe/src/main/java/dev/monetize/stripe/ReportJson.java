// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/** A report as JSON; amounts are texts, without their currency, which is told once a line. */
final class ReportJson {

  private static final JsonFactory FACTORY = new JsonFactory();

  private ReportJson() {}

  static String of(ReconcileReport report) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("at", report.at().toString());
      json.writeStringField("from", report.from().toString());
      json.writeStringField("to", report.to().toString());
      number("drift", report.drift(), json);
      json.writeArrayFieldStart("lines");
      for (UsageComparison line : report.lines()) {
        write(line, json);
      }
      json.writeEndArray();
      number("billedDrift", report.billedDrift(), json);
      json.writeArrayFieldStart("invoices");
      for (InvoiceComparison line : report.invoices()) {
        write(line, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void number(String name, BigDecimal value, JsonGenerator json) throws IOException {
    json.writeStringField(name, value.toPlainString());
  }

  private static void write(UsageComparison line, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("customer", line.customer());
    json.writeStringField("meter", line.meter());
    json.writeStringField("verdict", line.verdict().name());
    json.writeNumberField("ledger", line.ledger());
    json.writeNumberField("onTheWay", line.onTheWay());
    json.writeNumberField("inDoubt", line.inDoubt());
    json.writeNumberField("dropped", line.dropped());
    if (line.atStripe().isPresent()) {
      number("atStripe", line.atStripe().get(), json);
    } else {
      json.writeNullField("atStripe");
    }
    number("difference", line.difference(), json);
    json.writeObjectFieldStart("hours");
    for (Map.Entry<Instant, BigDecimal> hour : line.hours().entrySet()) {
      number(hour.getKey().toString(), hour.getValue(), json);
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void write(InvoiceComparison line, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("customer", line.customer());
    json.writeStringField("meter", line.meter());
    json.writeStringField("verdict", line.verdict().name());
    json.writeStringField("from", line.from().toString());
    json.writeStringField("to", line.to().toString());
    json.writeStringField("state", line.state().name());
    json.writeArrayFieldStart("invoices");
    for (String invoice : line.invoices()) {
      json.writeString(invoice);
    }
    json.writeEndArray();
    json.writeNumberField("ledger", line.units().ledger());
    json.writeNumberField("onTheWay", line.units().onTheWay());
    json.writeNumberField("dropped", line.units().dropped());
    number("billed", line.units().billed(), json);
    number("difference", line.units().difference(), json);
    json.writeStringField("currency", line.amounts().expected().currency().getCurrencyCode());
    json.writeStringField("expectedAmount", line.amounts().expected().decimal());
    json.writeStringField("billedAmount", line.amounts().billed().decimal());
    json.writeStringField("amountDifference", line.amounts().difference().decimal());
    json.writeEndObject();
  }
}
