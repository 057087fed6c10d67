// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One billable call, as it is written in the journal. Its bounds make every event fit one record,
 * so that appending one cannot fail for its size: check names against them when a customer, key,
 * tier or meter enters the system, not when a call is settled.
 *
 * @param timeNanos when the call was admitted, in nanoseconds since the epoch
 * @param settledNanos when it was settled
 * @param customer who pays, 1 to {@value #MAX_NAME} characters
 * @param key id of the key it was made with, at most {@value #MAX_NAME} characters
 * @param tier name of the tier it was made in, at most {@value #MAX_NAME} characters
 * @param endpoint the endpoint's pattern, never the raw path; at most {@value #MAX_ENDPOINT}
 *     characters
 * @param status the HTTP status it was answered with
 * @param clientGone whether the client had left before the answer was complete
 * @param measures what was counted, each meter once; {@code calls} among them; at most {@value
 *     #MAX_ITEMS}
 * @param windows the quota windows it is counted in, at most {@value #MAX_ITEMS}
 * @param external what identifies it if it came from elsewhere, else null
 */
public record UsageEvent(
    long timeNanos,
    long settledNanos,
    String customer,
    String key,
    String tier,
    String endpoint,
    int status,
    boolean clientGone,
    List<Measure> measures,
    List<QuotaWindow> windows,
    @Nullable ExternalId external) {

  /** Longest id of a customer, key or quota, and longest name of a tier, in characters. */
  public static final int MAX_NAME = 256;

  /** Longest name of a meter, in characters. */
  public static final int MAX_METER = 64;

  /** Longest endpoint pattern, in characters. */
  public static final int MAX_ENDPOINT = 1024;

  /** Most measures, and most quota windows, of one event. */
  public static final int MAX_ITEMS = 32;

  private static final long NANOS = 1_000_000_000L;

  public UsageEvent {
    Bounds.length("customer", customer, MAX_NAME);
    Bounds.length("key", key, MAX_NAME);
    Bounds.length("tier", tier, MAX_NAME);
    Bounds.length("endpoint", endpoint, MAX_ENDPOINT);
    if (customer.isEmpty()) {
      throw new IllegalArgumentException("customer must not be empty");
    }
    measures = List.copyOf(measures);
    windows = List.copyOf(windows);
    Bounds.size("measures", measures.size(), customer);
    Bounds.size("windows", windows.size(), customer);
    for (int i = 1; i < measures.size(); i++) {
      requireNewMeter(measures, i);
    }
  }

  /** A call: journal and sequence identify it. */
  public UsageEvent(
      long timeNanos,
      long settledNanos,
      String customer,
      String key,
      String tier,
      String endpoint,
      int status,
      boolean clientGone,
      List<Measure> measures,
      List<QuotaWindow> windows) {
    this(
        timeNanos,
        settledNanos,
        customer,
        key,
        tier,
        endpoint,
        status,
        clientGone,
        measures,
        windows,
        null);
  }

  /** When the call was admitted. */
  public Instant time() {
    return instant(timeNanos);
  }

  /** When it was settled. */
  public Instant settled() {
    return instant(settledNanos);
  }

  /** Units of a meter, 0 if it was not counted. */
  public long units(String meter) {
    Objects.requireNonNull(meter, "meter");
    for (int i = 0; i < measures.size(); i++) {
      if (measures.get(i).meter().equals(meter)) {
        return measures.get(i).units();
      }
    }
    return 0;
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }

  private static void requireNewMeter(List<Measure> measures, int index) {
    String meter = measures.get(index).meter();
    for (int i = 0; i < index; i++) {
      if (measures.get(i).meter().equals(meter)) {
        throw new IllegalArgumentException("meter \"" + meter + "\" is measured twice");
      }
    }
  }
}
