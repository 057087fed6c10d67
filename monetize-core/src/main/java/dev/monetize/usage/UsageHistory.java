// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Every event of a customer, read back from the journal: for disputes, and for questions that the
 * {@link Ledger} does not keep the answers of, by key, by endpoint, by tier.
 *
 * <pre>{@code
 * UsageHistory history = new UsageHistory(journal, Map.of("calls", Aggregation.SUM));
 * history.export("acme", november, december, ExportFormat.CSV, writer);
 * }</pre>
 *
 * <p>An answer includes every event whose append returned before it was asked, and that the journal
 * still keeps; events are told by the time of their admission. The journal is read as a stream:
 * what is held in memory does not depend on how long it is. The first question reads all of it,
 * about half a microsecond an event; later ones leave out full segments (16 MiB) that hold nothing
 * of the customer or the period, at 4 KiB of memory each. Not for the thread of a request that must
 * be quick.
 *
 * <p>Thread-safe.
 */
public final class UsageHistory {

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final Instant FIRST = instant(Long.MIN_VALUE);
  private static final Instant LAST = instant(Long.MAX_VALUE);

  private final JournalScan scan;
  private final Map<String, Aggregation> meters;

  /**
   * The history that a journal holds.
   *
   * @param meters those that have a column of their own in an export, with their aggregation; any
   *     other is {@link Aggregation#SUM}
   */
  public UsageHistory(FileUsageJournal journal, Map<String, Aggregation> meters) {
    this.scan = new JournalScan(Objects.requireNonNull(journal, "journal"));
    this.meters = new TreeMap<>(meters);
  }

  /**
   * Writes every event of a customer in a period, in the order of the journal.
   *
   * @param from when the first may have been admitted
   * @param to when the last was admitted before
   * @param appendable neither flushed nor closed
   * @return how many there were
   * @throws IOException if the journal cannot be read, or {@code appendable} throws; what was
   *     written by then is no whole export
   */
  public long export(
      String customer, Instant from, Instant to, ExportFormat format, Appendable appendable)
      throws IOException {
    EventExport export =
        switch (format) {
          case CSV -> new CsvExport(meters.keySet(), appendable);
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

  /** How many segments are known so well that they may be left out. */
  int summarized() {
    return scan.summarized();
  }

  private void scan(String customer, Instant from, Instant to, JournalScan.Visitor visitor)
      throws IOException {
    Objects.requireNonNull(customer, "customer");
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("to must not be before from, got " + from + " to " + to);
    }
    scan.run(customer, nanos(from), nanos(to), visitor);
  }

  /** Moments beyond those that an event can have are the first and the last of these. */
  private static long nanos(Instant moment) {
    if (!moment.isAfter(FIRST)) {
      return Long.MIN_VALUE;
    }
    if (!moment.isBefore(LAST)) {
      return Long.MAX_VALUE;
    }
    long seconds = moment.getEpochSecond();
    return seconds < 0
        ? (seconds + 1) * SECOND_NANOS + (moment.getNano() - SECOND_NANOS)
        : seconds * SECOND_NANOS + moment.getNano();
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, SECOND_NANOS), Math.floorMod(nanos, SECOND_NANOS));
  }
}
