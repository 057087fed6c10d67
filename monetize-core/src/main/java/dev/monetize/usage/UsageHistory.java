// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Every event of a customer, read back from the journal: for disputes, and for questions that the
 * {@link Ledger} does not keep the answers of, by key, by endpoint, by tier.
 *
 * <pre>{@code
 * UsageHistory history = new UsageHistory(clock, journal, () -> catalog.aggregations());
 * history.export("acme", november, december, ExportFormat.CSV, writer);
 * }</pre>
 *
 * <p>An answer includes every event whose append returned before it was asked; events are told by
 * the time of their admission. A period that begins before all events are kept ({@link #keptSince})
 * is refused, so that no answer silently lacks what was deleted. The journal is read as a stream:
 * what is held in memory does not depend on how long it is. The first question reads all of it,
 * about half a microsecond an event; later ones leave out blocks of 65,536 records that hold
 * nothing of the customer or the period, at 4 KiB of memory each. Not for the thread of a request
 * that must be quick.
 *
 * <p>Thread-safe.
 */
public final class UsageHistory {

  /** Most keys, endpoints or tiers that one answer is divided by. */
  public static final int MOST_GROUPS = 10_000;

  /** A range of hours may begin with one that began so much before it. */
  private static final Duration HOUR = Duration.ofHours(1);

  private final InstantSource clock;
  private final JournalScan scan;
  private final Supplier<Map<String, Aggregation>> meters;

  /** What a customer's use is divided by. */
  public enum By {
    KEY,
    ENDPOINT,
    TIER;

    private String of(UsageEvent event) {
      return switch (this) {
        case KEY -> event.key();
        case ENDPOINT -> event.endpoint();
        case TIER -> event.tier();
      };
    }
  }

  /**
   * The history that a journal holds.
   *
   * @param clock tells until when what is held now counts
   * @param meters those that have a column of their own in an export, with their aggregation; any
   *     other is {@link Aggregation#SUM}; asked at each question
   */
  public UsageHistory(
      InstantSource clock, UsageJournal journal, Supplier<Map<String, Aggregation>> meters) {
    this(
        clock,
        new JournalScan(Objects.requireNonNull(journal, "journal"), JournalScan.BLOCK),
        meters);
  }

  UsageHistory(InstantSource clock, JournalScan scan, Supplier<Map<String, Aggregation>> meters) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.scan = scan;
    this.meters = Objects.requireNonNull(meters, "meters");
  }

  /**
   * Since when all events are kept: what was settled earlier may have been deleted, past its
   * retention, and a period that begins earlier is refused. What was lost to damage, {@link
   * UsageJournal#gaps} tells.
   *
   * @return when the oldest event that is kept was settled; {@link Instant#MIN} if none was ever
   *     deleted, {@link Instant#MAX} if none is kept
   * @throws IOException if the journal cannot be read
   */
  public Instant keptSince() throws IOException {
    return scan.keptSince();
  }

  /**
   * Writes every event of a customer in a period, in the order of the journal.
   *
   * @param from when the first may have been admitted
   * @param to when the last was admitted before
   * @param appendable neither flushed nor closed
   * @return how many there were
   * @throws NoLongerKeptException if the period begins before all events are kept: before anything
   *     is written, unless events are deleted meanwhile
   * @throws IOException if the journal cannot be read, or {@code appendable} throws; what was
   *     written by then is no whole export
   */
  public long export(
      String customer, Instant from, Instant to, ExportFormat format, Appendable appendable)
      throws IOException {
    requireKept(from, Duration.ZERO);
    EventExport export =
        switch (format) {
          case CSV -> new CsvExport(meters.get().keySet(), appendable);
          case JSON_LINES -> new JsonLinesExport(appendable);
        };
    export.begin();
    long[] count = new long[1];
    scan(
        customer,
        from,
        to,
        recorded -> {
          export.event(recorded);
          count[0]++;
        });
    return count[0];
  }

  /**
   * Reads every event of a customer in a period, in the order of the journal.
   *
   * @param from when the first may have been admitted
   * @param to when the last was admitted before
   * @throws NoLongerKeptException if the period begins before all events are kept
   */
  public void forEach(String customer, Instant from, Instant to, Consumer<UsageEvent> reader)
      throws IOException {
    scan(customer, from, to, recorded -> reader.accept(recorded.event()));
  }

  /**
   * Units of a customer in each meter in a period, summed up by what they were used with. Unlike
   * the ledger's hours, a period begins and ends where it is told to. Sums stay at {@link
   * Long#MAX_VALUE}.
   *
   * @return by the value of {@code by}, then by meter
   * @throws NoLongerKeptException if the period begins before all events are kept
   * @throws IllegalStateException if there are more than {@value #MOST_GROUPS} values
   */
  public Map<String, Map<String, Long>> totals(By by, String customer, Instant from, Instant to)
      throws IOException {
    Map<String, Map<String, Long>> totals = new TreeMap<>();
    scan(
        customer,
        from,
        to,
        recorded -> {
          UsageEvent event = recorded.event();
          Map<String, Long> sums = group(totals, by.of(event), TreeMap::new);
          for (Measure measure : event.measures()) {
            sums.merge(measure.meter(), measure.units(), Series::plus);
          }
        });
    return totals;
  }

  /**
   * What a customer used in a meter over time, by what it was used with: each is what {@link
   * Ledger#series} would say, had it been all of the customer's use. A value that holds, and was
   * told before all events are kept, is not known.
   *
   * @throws NoLongerKeptException if the range does not begin an hour after all events are kept, as
   *     its first hour is told as a whole
   * @throws IllegalStateException if there are more than {@value #MOST_GROUPS} values
   */
  public Map<String, List<UsagePoint>> series(
      By by, String customer, String meter, UsageRange range) throws IOException {
    Aggregation aggregation = meters.get().getOrDefault(meter, Aggregation.SUM);
    boolean held = aggregation == Aggregation.TIME_WEIGHTED_SUM;
    long from = held ? Long.MIN_VALUE : Ledger.startOf(Ledger.hour(range.from()));
    long to = Ledger.startOf(Ledger.hourAtOrAfter(range.to()));
    Map<String, MeterUse> uses = new TreeMap<>();
    requireKept(range.from(), HOUR);
    scan.run(
        customer,
        from,
        to,
        recorded -> {
          UsageEvent event = recorded.event();
          for (Measure measure : event.measures()) {
            if (measure.meter().equals(meter)) {
              group(uses, by.of(event), () -> new MeterUse(aggregation))
                  .add(
                      Ledger.hour(event.time()),
                      event.timeNanos(),
                      recorded.sequence(),
                      measure.units());
            }
          }
        });
    requireKept(range.from(), HOUR);
    long now = Ledger.nanos(clock.instant());
    Map<String, List<UsagePoint>> series = new TreeMap<>();
    uses.forEach((name, use) -> series.put(name, range.points((a, b) -> use.amount(a, b, now))));
    return series;
  }

  private static <T> T group(Map<String, T> groups, String name, Supplier<T> fresh) {
    T group = groups.get(name);
    if (group == null) {
      if (groups.size() == MOST_GROUPS) {
        throw new IllegalStateException(
            "there are more than " + MOST_GROUPS + " groups: ask for a shorter period");
      }
      group = fresh.get();
      groups.put(name, group);
    }
    return group;
  }

  /** How many blocks are known so well that they may be left out. */
  int summarized() {
    return scan.summarized();
  }

  private void scan(String customer, Instant from, Instant to, JournalScan.Visitor visitor)
      throws IOException {
    Objects.requireNonNull(customer, "customer");
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("to must not be before from, got " + from + " to " + to);
    }
    requireKept(from, Duration.ZERO);
    scan.run(customer, Ledger.nanos(from), Ledger.nanos(to), visitor);
    requireKept(from, Duration.ZERO);
  }

  /**
   * Asked before, to be quick, and after, as events may be deleted meanwhile.
   *
   * @param more by how much the first event that is kept must be older
   */
  private void requireKept(Instant from, Duration more) throws IOException {
    Instant oldest = scan.keptSince();
    if (oldest.equals(Instant.MIN)) {
      return;
    }
    Instant since = oldest.equals(Instant.MAX) ? clock.instant() : oldest.plus(more);
    if (from.isBefore(since)) {
      throw new NoLongerKeptException(from, since);
    }
  }
}
