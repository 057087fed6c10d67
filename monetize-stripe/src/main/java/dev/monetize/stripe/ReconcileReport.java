// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.monetize.stripe.UsageComparison.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a comparison of ledger and Stripe came to.
 *
 * @param at when it was made
 * @param from the first hour that was compared
 * @param to where that ends, not included
 */
public record ReconcileReport(Instant at, Instant from, Instant to, List<UsageComparison> lines) {

  private static final JsonFactory FACTORY = new JsonFactory();

  public ReconcileReport {
    lines = List.copyOf(lines);
  }

  /** Those of a verdict. */
  public List<UsageComparison> lines(Verdict verdict) {
    return lines.stream().filter(line -> line.verdict() == verdict).toList();
  }

  /** Units that Stripe has too much or too little for certain, added up without their signs. */
  public BigDecimal drift() {
    return lines(Verdict.DRIFT).stream()
        .map(line -> line.difference().abs())
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** A line for each that is not equal, and one for all. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (UsageComparison line : lines) {
      if (line.verdict() != Verdict.EQUAL) {
        text.append(text(line)).append('\n');
      }
    }
    text.append(
        String.format(
            "%s to %s: %d equal, %d settling, %d drifted, %d unknown%n",
            from,
            to,
            lines(Verdict.EQUAL).size(),
            lines(Verdict.SETTLING).size(),
            lines(Verdict.DRIFT).size(),
            lines(Verdict.UNKNOWN).size()));
    return text.toString();
  }

  private static String text(UsageComparison line) {
    return String.format(
        "%s %s %s: Stripe has %s, the ledger %d, of it %d on the way, %d in doubt, %d dropped;"
            + " difference %s%s",
        line.verdict(),
        line.customer(),
        line.meter(),
        line.atStripe().map(BigDecimal::toPlainString).orElse("not told"),
        line.ledger(),
        line.onTheWay(),
        line.inDoubt(),
        line.dropped(),
        line.difference().signum() > 0
            ? "+" + line.difference().toPlainString()
            : line.difference().toPlainString(),
        line.hours().isEmpty() ? "" : " in " + line.hours());
  }

  /** All of it. */
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("at", at.toString());
      json.writeStringField("from", from.toString());
      json.writeStringField("to", to.toString());
      json.writeStringField("drift", drift().toPlainString());
      json.writeArrayFieldStart("lines");
      for (UsageComparison line : lines) {
        write(line, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
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
      json.writeStringField("atStripe", line.atStripe().get().toPlainString());
    } else {
      json.writeNullField("atStripe");
    }
    json.writeStringField("difference", line.difference().toPlainString());
    json.writeObjectFieldStart("hours");
    for (Map.Entry<Instant, BigDecimal> hour : line.hours().entrySet()) {
      json.writeStringField(hour.getKey().toString(), hour.getValue().toPlainString());
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
