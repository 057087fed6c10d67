// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Usage that did not come through the filter: of a batch job, or a queue that delivers again.
 *
 * <p>Customer, source and id together identify it: whatever is recorded under the same three again
 * is not counted again. So units and time must be those of the first try, from the job's own
 * records rather than from a clock: other usage under the same id is a {@link Recording.Conflict}.
 * Immutable.
 *
 * @param customer who pays, 1 to 256 characters
 * @param units for each meter (at most 64 characters, at most 32 of them), in its smallest unit, at
 *     least 0
 * @param time when it was used: at most 35 days ago, at most 5 minutes ahead
 * @param source where it comes from, 1 to 256 characters: ids need to be unique within it only
 * @param id what the source calls it, 1 to 256 characters
 * @param key the key that it is shown under, at most 256 characters; may be empty
 * @param endpoint what it is shown as, at most 1,024 characters; may be empty
 */
public record ExternalUsage(
    String customer,
    SortedMap<String, Long> units,
    Instant time,
    String source,
    String id,
    String key,
    String endpoint) {

  /** What nanoseconds since the epoch can tell. */
  private static final long MOST_SECONDS = 9_000_000_000L;

  public ExternalUsage {
    notEmpty("customer", customer);
    notEmpty("source", source);
    notEmpty("id", id);
    Bounds.length("key", key, UsageEvent.MAX_NAME);
    Bounds.length("endpoint", endpoint, UsageEvent.MAX_ENDPOINT);
    Objects.requireNonNull(time, "time");
    if (Math.abs(time.getEpochSecond()) > MOST_SECONDS) {
      throw new IllegalArgumentException("time must be of this age, got " + time);
    }
    units = Collections.unmodifiableSortedMap(new TreeMap<>(units));
    if (units.isEmpty()) {
      throw new IllegalArgumentException("units must not be empty (customer \"" + customer + "\")");
    }
    Bounds.size("units", units.size(), customer);
    units.forEach(Measure::new);
  }

  /** Usage under no key and endpoint. */
  public ExternalUsage(
      String customer, Map<String, Long> units, Instant time, String source, String id) {
    this(customer, new TreeMap<>(units), time, source, id, "", "");
  }

  private static void notEmpty(String field, String value) {
    Bounds.length(field, value, UsageEvent.MAX_NAME);
    if (value.isEmpty()) {
      throw new IllegalArgumentException(field + " must not be empty");
    }
  }
}
