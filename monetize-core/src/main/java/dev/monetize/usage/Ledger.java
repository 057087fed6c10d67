// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much was used: events summed up per customer, meter and hour (UTC, of event time), and per
 * quota window. Kept in memory and rebuilt from the journal at start:
 *
 * <pre>{@code
 * Ledger ledger = new Ledger(clock);
 * UsageJournal journal =
 *     FileUsageJournal.open(directory, JournalSettings.on(clock), List.of(ledger));
 * ...
 * ledger.fold(journal.append(event), event);
 * }</pre>
 *
 * <p>Thread-safe. An answer includes every event whose {@code fold} returned before it was asked.
 * Events may be of any time and come in any order. Hours and windows that began more than {@link
 * #KEPT} ago are forgotten; memory is bounded by customers × meters × hours in which they called,
 * 16 bytes each, about 100 bytes where a meter is not just summed up, and what its {@link
 * Aggregation} says.
 */
public final class Ledger implements JournalState {

  /** How long hours and windows are kept. */
  public static final Duration KEPT = Duration.ofDays(400);

  private static final String NAME = "ledger";
  private static final int VERSION = 1;

  static final long HOUR_SECONDS = 3600;
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final Instant FIRST = instant(Long.MIN_VALUE);
  private static final Instant LAST = instant(Long.MAX_VALUE);

  private final InstantSource clock;

  /** Shared with the {@link #fresh} ones that checkpoints are made of. */
  private final Aggregations aggregations;

  private final ConcurrentHashMap<String, CustomerUse> customers = new ConcurrentHashMap<>();

  /** An empty one of meters that are all summed up; the clock tells what is too old to keep. */
  public Ledger(InstantSource clock) {
    this(clock, Map.of());
  }

  /**
   * An empty one.
   *
   * @param aggregations of meters by name; any other is {@link Aggregation#SUM}
   */
  public Ledger(InstantSource clock, Map<String, Aggregation> aggregations) {
    this(Objects.requireNonNull(clock, "clock"), new Aggregations(aggregations));
  }

  private Ledger(InstantSource clock, Aggregations aggregations) {
    this.clock = clock;
    this.aggregations = aggregations;
  }

  /**
   * Changes the aggregations of meters, from the next event on. Of one that is another now, hours
   * that something was counted in are {@link UsagePoint.Certainty#AT_LEAST}; as a sum they stay
   * exact.
   *
   * @param meters by name; any other is {@link Aggregation#SUM} from now on
   */
  public void aggregate(Map<String, Aggregation> meters) {
    aggregations.change(meters);
    customers.values().forEach(CustomerUse::aggregate);
  }

  /**
   * Adds an event, each exactly once.
   *
   * @param sequence its place in the journal
   */
  public void fold(long sequence, UsageEvent event) {
    CustomerUse use = customers.get(event.customer());
    if (use == null) {
      use = customers.computeIfAbsent(event.customer(), id -> blankPage());
    }
    use.add(sequence, event, Math.floorDiv(event.timeNanos(), SECOND_NANOS * HOUR_SECONDS));
  }

  /**
   * Units used in a window of a quota.
   *
   * <p>Where a quota is counted per customer and no event named it in this window, the answer comes
   * from the hours since the window's start. The hour that the start falls into is counted as a
   * whole if the customer never had this quota before (so a quota that is new at 10:30, with a
   * window from 10:15, begins with the use since 10:00), else not at all. The window's total goes
   * on from there. Use per key is known only from the first event that names the quota.
   */
  public long used(String customer, String key, QuotaWindow window) {
    CustomerUse use = customers.get(customer);
    return use == null ? 0 : use.used(key, window);
  }

  /**
   * Units that events counted in a window of a quota, which may have ended.
   *
   * @return empty if no event named the quota in this window, or it is forgotten
   */
  public OptionalLong counted(String customer, String key, QuotaWindow window) {
    CustomerUse use = customers.get(customer);
    return use == null ? OptionalLong.empty() : use.counted(key, window);
  }

  /** Ids of all customers with use, in no order; those who come meanwhile may be among them. */
  public Set<String> customers() {
    return Collections.unmodifiableSet(customers.keySet());
  }

  /** Ids of a customer's keys that use was counted for by key. */
  public Set<String> keys(String customer) {
    CustomerUse use = customers.get(customer);
    return use == null ? Set.of() : use.keys();
  }

  /**
   * Units of a customer in a meter, in the hours that begin within a range.
   *
   * @param from the hour that contains it is included
   * @param to no hour that begins at or after it is included
   */
  public long units(String customer, String meter, Instant from, Instant to) {
    CustomerUse use = customers.get(customer);
    return use == null ? 0 : use.units(meter, hour(from), hourAtOrAfter(to));
  }

  /**
   * The same in the meter's {@link Aggregation}, with what the number is worth.
   *
   * @return a point from {@code from} to {@code to}
   */
  public UsagePoint point(String customer, String meter, Instant from, Instant to) {
    CustomerUse use = customers.get(customer);
    Amount amount =
        use == null
            ? Amount.NOTHING
            : use.amount(meter, hour(from), hourAtOrAfter(to), nanos(clock.instant()));
    return new UsagePoint(from, to, amount.units(), amount.certainty());
  }

  /** Sums, as {@link #units}, of each meter that a customer used, by the meter's name. */
  public Map<String, Long> totals(String customer, Instant from, Instant to) {
    CustomerUse use = customers.get(customer);
    return use == null ? new TreeMap<>() : use.totals(hour(from), hourAtOrAfter(to));
  }

  /**
   * What a customer used in a meter over time, in the meter's {@link Aggregation}. Each span
   * consists of the hours (of UTC) that begin in it; of the first, the hour that contains the
   * range's beginning is part too. So where a zone's midnight is not on the full hour, up to three
   * quarters of an hour are told of the neighbouring day.
   *
   * <p>Quotas and {@link #units} are always sums. Where a meter's aggregation was changed, hours
   * that a snapshot has from before are {@link UsagePoint.Certainty#AT_LEAST}.
   *
   * @return a point for each span, also where nothing was used
   */
  public List<UsagePoint> series(String customer, String meter, UsageRange range) {
    CustomerUse use = customers.get(customer);
    long now = nanos(clock.instant());
    return range.points(
        (from, to) -> use == null ? Amount.NOTHING : use.amount(meter, from, to, now));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Ledger fresh() {
    return new Ledger(clock, aggregations);
  }

  /** The same as {@link #fold}. */
  @Override
  public void event(long sequence, UsageEvent event) {
    fold(sequence, event);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Ledgers of the same events, folded in the same order, write the same bytes. Of a ledger that
   * others fold into meanwhile, each customer's page is as it was at some moment.
   */
  @Override
  public void write(DataOutput to) throws IOException {
    SnapshotWriter writer = new SnapshotWriter(to, NAME, VERSION);
    TreeMap<String, CustomerUse> sorted = new TreeMap<>(customers);
    writer.varint(sorted.size());
    for (Map.Entry<String, CustomerUse> customer : sorted.entrySet()) {
      writer.string(customer.getKey());
      customer.getValue().write(writer);
    }
    writer.end();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where it throws, nothing has been taken.
   *
   * @throws IllegalStateException if this ledger is not empty
   */
  @Override
  public void read(DataInput from) throws IOException {
    if (!customers.isEmpty()) {
      throw new IllegalStateException("only an empty ledger can take a snapshot");
    }
    try {
      customers.putAll(readCustomers(from));
    } catch (EOFException e) {
      throw new IOException("the ledger's snapshot ends too early", e);
    } catch (IOException | RuntimeException e) {
      throw new IOException("the ledger's snapshot cannot be read: " + e.getMessage(), e);
    }
  }

  private Map<String, CustomerUse> readCustomers(DataInput from) throws IOException {
    SnapshotReader reader = new SnapshotReader(from, NAME, VERSION);
    Map<String, CustomerUse> read = new HashMap<>();
    for (long rest = reader.count(); rest > 0; rest--) {
      CustomerUse use = blankPage();
      read.put(reader.string(), use);
      use.read(reader);
    }
    reader.end();
    return read;
  }

  private CustomerUse blankPage() {
    return new CustomerUse(aggregations, this::oldestKept);
  }

  private long oldestKept() {
    return clock.instant().minus(KEPT).getEpochSecond();
  }

  static long hour(Instant instant) {
    return Math.floorDiv(instant.getEpochSecond(), HOUR_SECONDS);
  }

  static long hourAtOrAfter(Instant instant) {
    long hour = hour(instant);
    return Instant.ofEpochSecond(hour * HOUR_SECONDS).equals(instant) ? hour : hour + 1;
  }

  /**
   * When an hour begins, in nanoseconds; hours that no event can have are the first or the last.
   */
  static long startOf(long hour) {
    long nanos = hour * (HOUR_SECONDS * SECOND_NANOS);
    return Math.abs(hour) < Long.MAX_VALUE / (HOUR_SECONDS * SECOND_NANOS)
        ? nanos
        : hour < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** Moments that no event can have are the first or the last nanosecond. */
  static long nanos(Instant moment) {
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
