// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One customer's page of the ledger. Guarded by its monitor, under which nothing waits. */
final class CustomerUse {

  private final Map<String, MeterUse> hours = new HashMap<>();
  private final Map<String, Series> windows = new HashMap<>();
  private final Map<String, Map<String, Series>> keyWindows = new HashMap<>();
  private final Aggregations aggregations;
  private final LongSupplier oldestKept;

  /**
   * A blank page.
   *
   * @param aggregations of meters, which may change
   * @param oldestKept what began before this second is forgotten
   */
  CustomerUse(Aggregations aggregations, LongSupplier oldestKept) {
    this.aggregations = aggregations;
    this.oldestKept = oldestKept;
  }

  /** All of it, sorted: equal pages make equal bytes. */
  synchronized void write(SnapshotWriter to) throws IOException {
    to.varint(hours.size());
    for (Map.Entry<String, MeterUse> meter : new TreeMap<>(hours).entrySet()) {
      to.string(meter.getKey());
      meter.getValue().write(to);
    }
    writeAll(windows, to);
    to.varint(keyWindows.size());
    for (Map.Entry<String, Map<String, Series>> key : new TreeMap<>(keyWindows).entrySet()) {
      to.string(key.getKey());
      writeAll(key.getValue(), to);
    }
  }

  /** Takes what {@link #write} wrote into a blank page; what has grown too old is left out. */
  synchronized void read(SnapshotReader from) throws IOException {
    long oldest = oldestKept.getAsLong();
    for (long rest = from.count(); rest > 0; rest--) {
      String meter = from.string();
      MeterUse use = MeterUse.read(from, aggregations.of(meter));
      use.dropBefore(Math.floorDiv(oldest, Ledger.HOUR_SECONDS));
      hours.put(meter, use);
    }
    readAll(windows, oldest, from);
    for (long rest = from.count(); rest > 0; rest--) {
      readAll(keyQuotas(from.string()), oldest, from);
    }
  }

  private static void writeAll(Map<String, Series> all, SnapshotWriter to) throws IOException {
    to.varint(all.size());
    for (Map.Entry<String, Series> named : new TreeMap<>(all).entrySet()) {
      to.string(named.getKey());
      named.getValue().write(to);
    }
  }

  private static void readAll(Map<String, Series> all, long oldest, SnapshotReader from)
      throws IOException {
    for (long rest = from.count(); rest > 0; rest--) {
      String name = from.string();
      Series series = Series.read(from);
      series.dropBefore(oldest);
      all.put(name, series);
    }
  }

  synchronized void add(long sequence, UsageEvent event, long hour) {
    List<QuotaWindow> counted = event.windows();
    for (int i = 0; i < counted.size(); i++) {
      QuotaWindow window = counted.get(i);
      addToWindow(event.key(), window, event.units(window.meter()), hour);
    }
    List<Measure> measures = event.measures();
    for (int i = 0; i < measures.size(); i++) {
      Measure measure = measures.get(i);
      MeterUse use = meter(measure.meter());
      if (use.add(hour, event.timeNanos(), sequence, measure.units())) {
        use.dropBefore(Math.floorDiv(oldestKept.getAsLong(), Ledger.HOUR_SECONDS));
      }
    }
  }

  private void addToWindow(String key, QuotaWindow window, long units, long hour) {
    Map<String, Series> quotas = window.perKey() ? keyQuotas(key) : windows;
    Series series = quotas.get(window.quota());
    boolean known = series != null && series.contains(window.start());
    long before = known || window.perKey() ? 0 : fromHours(window, series, hour);
    Series target = series == null ? series(quotas, window.quota()) : series;
    if (target.add(window.start(), units, before)) {
      target.dropBefore(oldestKept.getAsLong());
    }
  }

  synchronized OptionalLong counted(String key, QuotaWindow window) {
    Series series = series(key, window);
    return series != null && series.contains(window.start())
        ? OptionalLong.of(series.at(window.start()))
        : OptionalLong.empty();
  }

  private @Nullable Series series(String key, QuotaWindow window) {
    return (window.perKey() ? keyWindows.getOrDefault(key, Map.of()) : windows).get(window.quota());
  }

  synchronized long used(String key, QuotaWindow window) {
    Series series = series(key, window);
    if (series != null && series.contains(window.start())) {
      return series.at(window.start());
    }
    return window.perKey() ? 0 : fromHours(window, series, Long.MAX_VALUE - 1);
  }

  synchronized Set<String> keys() {
    return Set.copyOf(keyWindows.keySet());
  }

  synchronized long units(String meter, long fromHour, long toHour) {
    MeterUse use = hours.get(meter);
    return use == null ? 0 : use.sum(fromHour, toHour);
  }

  synchronized Amount amount(String meter, long fromHour, long toHour, long until) {
    MeterUse use = hours.get(meter);
    return use == null ? Amount.NOTHING : use.amount(fromHour, toHour, until);
  }

  synchronized Map<String, Long> totals(long fromHour, long toHour) {
    Map<String, Long> totals = new TreeMap<>();
    hours.forEach((meter, use) -> totals.put(meter, use.sum(fromHour, toHour)));
    totals.values().removeIf(units -> units == 0);
    return totals;
  }

  /** What hours tell of a window; the one it starts in only for a quota that is new. */
  private long fromHours(QuotaWindow window, @Nullable Series quota, long lastHour) {
    long startHour = Math.floorDiv(window.start(), Ledger.HOUR_SECONDS);
    boolean whole = quota == null || startHour * Ledger.HOUR_SECONDS == window.start();
    return units(window.meter(), whole ? startHour : startHour + 1, lastHour + 1);
  }

  private MeterUse meter(String meter) {
    MeterUse use = hours.get(meter);
    if (use == null) {
      use = new MeterUse(aggregations.of(meter));
      hours.put(meter, use);
    }
    return use;
  }

  /** Takes the aggregations of now. */
  synchronized void aggregate() {
    hours.replaceAll((meter, use) -> use.in(aggregations.of(meter)));
  }

  private Map<String, Series> keyQuotas(String key) {
    Map<String, Series> quotas = keyWindows.get(key);
    if (quotas == null) {
      quotas = new HashMap<>();
      keyWindows.put(key, quotas);
    }
    return quotas;
  }

  private static Series series(Map<String, Series> all, String name) {
    Series series = all.get(name);
    if (series == null) {
      series = new Series();
      all.put(name, series);
    }
    return series;
  }
}
