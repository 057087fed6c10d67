// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one sink: waits for a batch to be due, cuts it, delivers it until it arrives. Of several
 * instances one does at a time; who does anew goes on from what the journal knows.
 */
final class Delivery {

  private static final Logger log = LoggerFactory.getLogger(Shipper.class);

  /** Clocks are set: nobody trusts a pause for longer. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private static final long NONE = Long.MAX_VALUE;

  /** What is claimed is called so, and the sink's name. */
  static final String CLAIM = "sink:";

  private final NamedSink sink;
  private final UsageJournal journal;
  private final InstantSource clock;
  private final Claims claims;
  private final Queue<SinkMark> retries = new ArrayDeque<>();
  private final Backoff backoff = new Backoff();
  private final Semaphore changed = new Semaphore(0);
  private final Thread thread;
  private volatile SinkPlace place;
  private @Nullable UsageBatch batch;
  private long turn;
  private volatile long oldestNanos = NONE;
  private volatile long wakeAt = NONE;
  private volatile boolean finishing;
  private volatile boolean abandoned;

  Delivery(NamedSink sink, UsageJournal journal, InstantSource clock) {
    this.sink = sink;
    this.journal = journal;
    this.clock = clock;
    this.claims = journal.claims();
    this.place = new SinkPlace(sink, journal, retries);
    this.thread = new Thread(this::run, "monetize-ship-" + sink.name());
    thread.setDaemon(true);
  }

  void start() {
    journal.onDurable(this::synced);
    claims.onChange(this::wake);
    thread.start();
  }

  /** No more events come: what there is goes out at once, until the first failure. */
  void finish() {
    finishing = true;
    wake();
  }

  void join(long millis) throws InterruptedException {
    thread.join(millis);
  }

  /** Ends it between two batches, or within one if the sink heeds an interrupt. */
  void abandon() {
    finishing = true;
    abandoned = true;
    if (thread.isAlive()) {
      thread.interrupt();
    }
  }

  boolean upToDate() {
    return sent() >= journal.durable();
  }

  /** Up to where the sink has everything, as far as is known here. */
  private long sent() {
    return Math.max(place.sent(), journal.progress(sink.name()).sent());
  }

  boolean serves(UsageSink other) {
    return sink.sink() == other;
  }

  /** Whether the sink has all events up to a sequence. */
  boolean hasSent(long last, EventReader reader) throws IOException {
    long sent = sent();
    return sent >= last || reader.read(sent + 1, last, 1).isEmpty();
  }

  /** Has a parked batch come again, before any new one. */
  void retry(SinkMark parked) {
    synchronized (retries) {
      retries.add(parked);
    }
    wake();
  }

  SinkLag lag() {
    long waiting = Math.max(0, journal.durable() - sent());
    long oldest = oldestNanos;
    Instant now = clock.instant();
    Duration age =
        waiting == 0 || oldest == NONE
            ? Duration.ZERO
            : Duration.between(Instant.EPOCH.plusNanos(oldest), now);
    return new SinkLag(
        sink.name(),
        waiting,
        age.isNegative() ? Duration.ZERO : age,
        backoff.failures(),
        journal.progress(sink.name()).parked().size());
  }

  void wake() {
    changed.release();
  }

  private void synced() {
    if (journal.durable() >= wakeAt) {
      wake();
    }
  }

  private void run() {
    boolean more = true;
    while (more && !abandoned) {
      try {
        Thread.interrupted(); // one that a sink left behind is not meant for us
        more = step();
      } catch (Throwable failure) { // whatever a sink throws, it is tried again
        more = afterFailure(failure);
      }
    }
  }

  /** Delivers a batch; false if there is none and none will come. */
  private boolean step() throws Exception {
    if (!holds() && !take()) {
      return awaitTurn();
    }
    UsageBatch due = batch == null ? next() : batch;
    if (due == null) {
      return !holds();
    }
    batch = due;
    oldestNanos = due.recorded().get(0).event().settledNanos();
    String doubt = place.doubt(due);
    if (doubt != null) {
      return park(due, doubt);
    }
    try {
      sink.sink().deliver(due);
    } catch (UsageSink.Rejected refusal) {
      if (!park(due, String.valueOf(refusal.getMessage()))) {
        throw refusal;
      }
      return true;
    }
    place.arrived(due);
    doneWith();
    return true;
  }

  private boolean holds() {
    return turn != 0 && claims.holds(CLAIM + sink.name(), turn);
  }

  /** Begins a turn, if it is ours; what an earlier one had under way is the journal's to tell. */
  private boolean take() {
    turn = claims.claim(CLAIM + sink.name());
    if (turn == 0) {
      return false;
    }
    batch = null;
    oldestNanos = NONE;
    place = new SinkPlace(sink, journal, retries);
    return true;
  }

  /** Waits for a turn a while; false if there need be none. */
  private boolean awaitTurn() throws InterruptedException {
    if (finishing) {
      return false;
    }
    pause(LONGEST_WAIT);
    return true;
  }

  private void doneWith() {
    batch = null;
    oldestNanos = NONE;
    int failures = backoff.succeeded();
    if (failures > 0) {
      log.warn("sink \"{}\" goes on, after {} failures", sink.name(), failures);
    }
  }

  private @Nullable UsageBatch next() throws IOException, InterruptedException {
    while (true) {
      UsageBatch again = place.again();
      if (again != null) {
        return again;
      }
      if (!awaitDue()) {
        return null;
      }
      if (!place.retries()) {
        return place.cut();
      }
    }
  }

  /** Waits until there is something to deliver; false if nothing will come, or it is not ours. */
  private boolean awaitDue() throws IOException, InterruptedException {
    BatchCutter cutter = place.cutter();
    long sent = place.sent();
    Instant noticed = null;
    try {
      while (holds()) {
        wakeAt = noticed == null ? sent + 1 : sent + cutter.enough();
        boolean ending = finishing;
        long last = journal.durable();
        UsageEvent first = cutter.peek(last);
        Instant now = clock.instant();
        if (first == null) {
          if (ending || place.retries()) {
            return !ending || place.retries();
          }
          pause(LONGEST_WAIT);
        } else {
          noticed = noticed == null || now.isBefore(noticed) ? now : noticed;
          oldestNanos = first.settledNanos();
          Instant due = cutter.due(first, noticed);
          if (ending || place.retries() || last - sent >= cutter.enough() || !now.isBefore(due)) {
            return true;
          }
          pause(Duration.between(now, due));
        }
      }
      return false;
    } finally {
      wakeAt = NONE;
    }
  }

  /** Waits until something changed, or a time has passed. */
  private void pause(Duration atMost) throws InterruptedException {
    Duration wait = atMost.compareTo(LONGEST_WAIT) < 0 ? atMost : LONGEST_WAIT;
    if (changed.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
      changed.drainPermits();
    }
  }

  /** Whether to try again: once more if the end was called for while this waited. */
  private boolean afterFailure(Throwable failure) {
    if (abandoned) {
      return false;
    }
    if (!holds()) {
      log.info("sink \"{}\" is another instance's now: {}", sink.name(), failure.toString());
      return true;
    }
    Instant start = clock.instant();
    if (backoff.failed(start)) {
      log.warn(
          "sink \"{}\" failed; its usage waits in the journal and is tried again, with growing"
              + " pauses and without more such lines",
          sink.name(),
          failure);
    }
    boolean last = finishing;
    try {
      if (!parkedAfterAll(failure, start)) {
        pauseFrom(start);
      }
    } catch (IOException e) {
      log.warn("a batch of sink \"{}\" could not be parked", sink.name(), e);
    } catch (InterruptedException e) {
      log.debug("interrupted in the pause of sink \"{}\": trying again", sink.name());
    }
    return !last;
  }

  private void pauseFrom(Instant start) throws InterruptedException {
    Instant end = start.plus(backoff.pause());
    Instant now = start;
    while (!finishing && now.isBefore(end) && !now.isBefore(start)) {
      pause(Duration.between(now, end));
      now = clock.instant();
    }
  }

  private boolean parkedAfterAll(Throwable failure, Instant now)
      throws IOException, InterruptedException {
    Duration after = sink.parkAfter();
    UsageBatch failing = batch;
    return after != null
        && failing != null
        && backoff.lasting(now).compareTo(after) >= 0
        && park(failing, "failed for " + after + ", at last with " + failure);
  }

  /** Puts a batch aside; false if too many are already. */
  private boolean park(UsageBatch refused, String reason) throws IOException, InterruptedException {
    if (!place.park(refused, reason, clock.instant())) {
      return false;
    }
    log.error(
        "batch {} of sink \"{}\" is parked: {}. retry(id) or drop(id) of the shipper decides what"
            + " becomes of it",
        refused.id(),
        sink.name(),
        reason);
    doneWith();
    return true;
  }
}
