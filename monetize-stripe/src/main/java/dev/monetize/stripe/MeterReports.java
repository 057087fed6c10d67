// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource.RequestMethod;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what Stripe says of meter events that it took and could not count. The SDK has no accessors
 * for it, so the JSON is read. Thread-safe.
 */
final class MeterReports {

  private static final Logger log = LoggerFactory.getLogger(StripeBilling.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** So that an error fits into a note. */
  private static final int MOST_SAMPLES = 8;

  private static final int MOST_TEXT = 300;
  private static final int MOST_NAME = 100;

  private final StripeClient stripe;
  private final Function<String, Optional<ReportedUsage>> usage;

  /**
   * @param usage what was sent under an identifier, where that is known
   */
  MeterReports(StripeClient stripe, Function<String, Optional<ReportedUsage>> usage) {
    this.stripe = stripe;
    this.usage = usage;
  }

  /** Fetches a report, and says so. */
  List<MeterError> fetch(InboxEvent event) throws StripeException {
    String body =
        stripe.rawRequest(RequestMethod.GET, "/v2/core/events/" + event.id(), null).body();
    List<MeterError> errors = read(body, Instant.ofEpochSecond(event.received()));
    errors.forEach(
        error ->
            log.warn(
                "Stripe could not count {} meter events of meter {}: {} ({}); among them {}, {}",
                error.count(),
                error.meter().orElse("(none)"),
                error.code(),
                error.message(),
                error.identifiers(),
                error.usage()));
    return errors;
  }

  List<MeterError> read(String body, Instant received) {
    JsonNode event;
    try {
      event = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Stripe's report on a meter is no JSON", e);
    }
    Optional<String> meter =
        Optional.of(event.path("related_object").path("id").asText(""))
            .filter(id -> !id.isEmpty())
            .map(id -> cut(id, MOST_NAME));
    Instant at = time(event.path("created").asText(""), received);
    List<MeterError> errors = new ArrayList<>();
    for (JsonNode type : event.path("data").path("reason").path("error_types")) {
      errors.add(error(meter, type, at));
    }
    return errors;
  }

  private MeterError error(Optional<String> meter, JsonNode type, Instant at) {
    List<String> identifiers = new ArrayList<>();
    String message = "";
    for (JsonNode sample : type.path("sample_errors")) {
      message = message.isEmpty() ? sample.path("error_message").asText("") : message;
      String identifier = sample.path("request").path("identifier").asText("");
      if (!identifier.isEmpty() && identifiers.size() < MOST_SAMPLES) {
        identifiers.add(cut(identifier, MOST_NAME));
      }
    }
    List<ReportedUsage> known = identifiers.stream().map(usage).flatMap(Optional::stream).toList();
    return new MeterError(
        meter,
        cut(type.path("code").asText("unknown"), MOST_NAME),
        type.path("error_count").asLong(),
        cut(message, MOST_TEXT),
        identifiers,
        known,
        at);
  }

  private static Instant time(String text, Instant otherwise) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return otherwise;
    }
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
