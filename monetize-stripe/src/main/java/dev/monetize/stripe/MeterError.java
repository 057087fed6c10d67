// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Usage that Stripe took and could not count, as it found out later. When what is wrong is mended,
 * {@link StripeUsageSink#retry(String)} sends it again.
 *
 * @param meter the meter's id at Stripe; empty where there is no such meter
 * @param code what is wrong, in Stripe's words: {@code meter_event_customer_not_found}, …
 * @param count how many meter events it was, in the time that the report is about
 * @param message of one of them
 * @param identifiers of some of them, not all: Stripe tells samples
 * @param usage what these were, as far as the outbox remembers; not what was sent again since
 * @param at when Stripe said so
 */
public record MeterError(
    Optional<String> meter,
    String code,
    long count,
    String message,
    List<String> identifiers,
    List<ReportedUsage> usage,
    Instant at) {

  public MeterError {
    Objects.requireNonNull(meter, "meter");
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
    identifiers = List.copyOf(identifiers);
    usage = List.copyOf(usage);
    Objects.requireNonNull(at, "at");
  }
}
