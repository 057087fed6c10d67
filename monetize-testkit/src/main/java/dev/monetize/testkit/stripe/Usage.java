// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What counts, by meter and customer. Guarded by the lock of the {@link World}. */
final class Usage {

  /** One event that counts, unless it is cancelled. */
  static final class Entry {
    private final BigDecimal value;
    private final long at;
    private final Instant received;
    private boolean cancelled;

    Entry(BigDecimal value, long at, Instant received) {
      this.value = value;
      this.at = at;
      this.received = received;
    }

    void cancel() {
      cancelled = true;
    }
  }

  private final Map<String, List<Entry>> entries = new HashMap<>();

  Entry add(ObjectNode meter, String customer, Entry entry) {
    String key = key(meter, customer);
    entries.computeIfAbsent(key, name -> new ArrayList<>()).add(entry);
    return entry;
  }

  private static String key(ObjectNode meter, String customer) {
    return Json.textOrEmpty(meter, "id") + " " + customer;
  }

  /** Of a span of time, as far as it was received by an instant; zero where there is nothing. */
  BigDecimal of(ObjectNode meter, String customer, Span span, Instant receivedBy) {
    Collection<Entry> counted = counted(meter, customer, span, receivedBy);
    return aggregate(Json.textOrEmpty(meter.path("default_aggregation"), "formula"), counted);
  }

  /** Whether there is anything in it. */
  boolean any(ObjectNode meter, String customer, Span span, Instant receivedBy) {
    return !counted(meter, customer, span, receivedBy).isEmpty();
  }

  private Collection<Entry> counted(
      ObjectNode meter, String customer, Span span, Instant receivedBy) {
    List<Entry> counted = new ArrayList<>();
    for (Entry entry : entries.getOrDefault(key(meter, customer), List.of())) {
      if (!entry.cancelled && span.contains(entry.at) && !entry.received.isAfter(receivedBy)) {
        counted.add(entry);
      }
    }
    String window = Json.text(meter, "event_time_window");
    return window == null ? counted : newestOfEach(counted, window.equals("hour") ? 3600 : 86400);
  }

  /** Only the most recently received event of an hour or day counts. */
  private static Collection<Entry> newestOfEach(List<Entry> all, long seconds) {
    Map<Long, Entry> newest = new LinkedHashMap<>();
    all.forEach(entry -> newest.put(Math.floorDiv(entry.at, seconds), entry));
    return newest.values();
  }

  private static BigDecimal aggregate(String formula, Collection<Entry> counted) {
    return switch (formula) {
      case "count" -> BigDecimal.valueOf(counted.size());
      case "last" -> last(counted);
      default ->
          counted.stream().map(entry -> entry.value).reduce(BigDecimal.ZERO, BigDecimal::add);
    };
  }

  private static BigDecimal last(Collection<Entry> counted) {
    Entry last = null;
    for (Entry entry : counted) {
      last = last == null || entry.at >= last.at ? entry : last;
    }
    return last == null ? BigDecimal.ZERO : last.value;
  }
}
