// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes usage from elsewhere, each id once:
 *
 * <pre>{@code
 * RecordedIds ids = RecordedIds.in(directory);
 * FileUsageJournal journal = ... // opened with the ledger and the ids as its states
 * UsageIntake intake = UsageIntake.open(directory, journal, ledger, ids, clock);
 * Recording answer = intake.record(
 *     new ExternalUsage("acme", Map.of("pages", 12L), time, "nightly-export", "job-817"));
 * }</pre>
 *
 * <p>Thread-safe: of any number of threads that record the same id at once, one counts. What was
 * {@link Recording.Recorded} survives as the journal's events do, and so does the knowledge of its
 * id, which the event carries. The same usage is never counted twice, however late it comes again:
 * for 35 days its id is known, and after that its time is too old. Only where the journal was
 * damaged and gone on with, ids within {@link UsageJournal#gaps} are known no longer. Ids of one
 * customer and source must be unique within 35 days.
 */
public final class UsageIntake {

  private static final Logger log = LoggerFactory.getLogger(UsageIntake.class);

  /** How far usage may be ahead of the clock. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  private static final int CONFLICTS = 100;
  private static final int MOST_UNKNOWN = 10_000;
  private static final int OK = 200;

  private final UsageJournal journal;
  private final Ledger ledger;

  /** Null where the journal knows ids. */
  private final @Nullable RecordedIds ids;

  private final @Nullable IdentityLog shared;
  private final IdentityKey key;
  private final InstantSource clock;

  /**
   * Ids that some thread is recording: who comes with the same one waits for what becomes of it.
   */
  private final ConcurrentHashMap<ExternalId, CompletableFuture<Void>> beingRecorded =
      new ConcurrentHashMap<>();

  /** Ids that were appended, of which only a restart can tell whether they last. */
  private final ConcurrentHashMap<ExternalId, Boolean> unknown = new ConcurrentHashMap<>();

  private final ArrayDeque<IdConflict> conflicts = new ArrayDeque<>();
  private long conflictCount;

  private UsageIntake(
      UsageJournal journal,
      Ledger ledger,
      @Nullable RecordedIds ids,
      @Nullable IdentityLog shared,
      IdentityKey key,
      InstantSource clock) {
    this.journal = journal;
    this.shared = shared;
    this.ledger = ledger;
    this.ids = ids;
    this.key = key;
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /**
   * An intake that appends to a journal. Where that knows ids {@linkplain UsageJournal#identities
   * itself}, neither the directory nor {@code ids} are used.
   *
   * @param directory holds the secret that ids are hashed under; it belongs to the journal, and
   *     must be backed up with it
   * @param ids restored from the journal
   * @throws IOException if the secret cannot be read, or is missing though ids are known
   */
  public static UsageIntake open(
      Path directory, UsageJournal journal, Ledger ledger, RecordedIds ids, InstantSource clock)
      throws IOException {
    IdentityLog shared = journal.identities().orElse(null);
    IdentityKey key =
        shared != null
            ? IdentityKey.of(shared.secret(), journal.id())
            : IdentityKey.load(directory, journal.id(), ids.size() > 0);
    return new UsageIntake(journal, ledger, ids, shared, key, clock);
  }

  /**
   * An intake that appends to a journal which knows ids {@linkplain UsageJournal#identities
   * itself}; it keeps nothing elsewhere.
   *
   * @throws IllegalArgumentException if it does not know them
   */
  public static UsageIntake open(UsageJournal journal, Ledger ledger, InstantSource clock) {
    IdentityLog shared =
        journal
            .identities()
            .orElseThrow(() -> new IllegalArgumentException("the journal does not know ids"));
    IdentityKey key = IdentityKey.of(shared.secret(), journal.id());
    return new UsageIntake(journal, ledger, null, shared, key, clock);
  }

  /** Records usage that is under no tier and counts in no quota. */
  public Recording record(ExternalUsage usage) {
    return record(usage, "", List.of());
  }

  /**
   * Records usage.
   *
   * @param tier the customer's, at most 256 characters; may be empty
   * @param windows the quota windows it counts in, at most 32
   */
  public Recording record(ExternalUsage usage, String tier, List<QuotaWindow> windows) {
    Instant now = clock.instant();
    ExternalId id = key.of(usage);
    if (shared != null) {
      return record(shared, event(usage, tier, windows, now, id), usage, now);
    }
    ExternalId identity = id.identity();
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> other = beingRecorded.putIfAbsent(identity, mine);
    while (other != null) {
      other.join();
      other = beingRecorded.putIfAbsent(identity, mine);
    }
    try {
      return switch (ids().find(id)) {
        case THE_SAME -> new Recording.Duplicate();
        case ANOTHER -> conflict(usage, now);
        case NOTHING -> recordNew(event(usage, tier, windows, now, id), id, now);
      };
    } finally {
      beingRecorded.remove(identity);
      mine.complete(null);
    }
  }

  private RecordedIds ids() {
    return Objects.requireNonNull(ids, "ids");
  }

  /** Where the journal knows ids itself, on whatever instance they came. */
  private Recording record(IdentityLog log, UsageEvent event, ExternalUsage usage, Instant now) {
    Recording.Refused outOfTime = outOfTime(event, now);
    ExternalId id = Objects.requireNonNull(event.external());
    Recording recording;
    if (outOfTime != null) {
      recording = log.find(id);
    } else {
      recording = journal.accepting() ? log.append(event) : new Recording.Unavailable();
    }
    if (recording instanceof Recording.Conflict) {
      return conflict(usage, now);
    }
    return outOfTime != null && recording instanceof Recording.Refused ? outOfTime : recording;
  }

  private static Recording.@Nullable Refused outOfTime(UsageEvent event, Instant now) {
    if (event.time().isBefore(now.minus(RecordedIds.KEPT))) {
      return new Recording.Refused("time must be at most 35 days ago, got " + event.time());
    }
    if (event.time().isAfter(now.plus(AHEAD))) {
      return new Recording.Refused("time must be at most 5 minutes ahead, got " + event.time());
    }
    return null;
  }

  private Recording recordNew(UsageEvent event, ExternalId id, Instant now) {
    Recording.Refused outOfTime = outOfTime(event, now);
    if (outOfTime != null) {
      return outOfTime;
    }
    if (!journal.accepting() || (!unknown.isEmpty() && isUnknown(id))) {
      return new Recording.Unavailable();
    }
    long sequence = journal.append(event);
    if (sequence < 0) {
      unknown.put(id.identity(), true);
    }
    if (sequence <= 0) {
      return new Recording.Unavailable();
    }
    if (!journal.shared()) {
      ledger.fold(sequence, event);
    }
    if (ids().add(id, event.settledNanos())) {
      ids().spill();
    }
    return new Recording.Recorded(sequence);
  }

  /** Whether an id may be in the journal; of all of them, when there are too many to know. */
  private boolean isUnknown(ExternalId id) {
    return unknown.containsKey(id.identity()) || unknown.size() >= MOST_UNKNOWN;
  }

  private static UsageEvent event(
      ExternalUsage usage, String tier, List<QuotaWindow> windows, Instant now, ExternalId id) {
    List<Measure> measures = new ArrayList<>(usage.units().size());
    for (Map.Entry<String, Long> meter : usage.units().entrySet()) {
      measures.add(new Measure(meter.getKey(), meter.getValue()));
    }
    return new UsageEvent(
        nanos(usage.time()),
        nanos(now),
        usage.customer(),
        usage.key(),
        tier,
        usage.endpoint(),
        OK,
        false,
        measures,
        windows,
        id);
  }

  private static long nanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  private Recording conflict(ExternalUsage usage, Instant now) {
    synchronized (conflicts) {
      if (conflictCount++ == 0) {
        log.warn(
            "usage of customer \"{}\" was not counted: its id was used for other usage before."
                + " conflicts() lists such usage; there are no more such lines",
            usage.customer());
      }
      conflicts.addLast(new IdConflict(usage, now));
      if (conflicts.size() > CONFLICTS) {
        conflicts.removeFirst();
      }
    }
    return new Recording.Conflict();
  }

  /** How often an id came with other usage than before, since the start. */
  public long conflictCount() {
    synchronized (conflicts) {
      return conflictCount;
    }
  }

  /** The last 100 of them, the oldest first. */
  public List<IdConflict> conflicts() {
    synchronized (conflicts) {
      return List.copyOf(conflicts);
    }
  }
}
