// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.SinkMark.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships the journal to sinks, each on a daemon thread of its own and at its own pace.
 *
 * <p>A batch is a range of the journal. It is cut by the sink's {@link ShipSchedule}, written down
 * (SEAL) and made durable before it is first delivered, and written down again (SENT) when it has
 * been. So the batch that comes again after a failure, a crash or a power cut is the same one. A
 * delivery that fails is tried again after pauses that grow to a minute; meanwhile nothing is held
 * in memory but that batch, and no other sink waits.
 *
 * <p>A batch that the sink {@linkplain UsageSink.Rejected refuses for good} is parked: that is
 * written down and logged, the rest goes on, and {@link #parked} shows it until somebody has it
 * come again ({@link #retry}) or gives it up ({@link #drop}). With 100 of them the sink goes no
 * further. What a sink was not certainly sent before {@linkplain UsageJournal#gaps records were
 * lost} is parked too, however much that is: it may have been sent. {@link #lag} tells how far each
 * sink is behind. Thread-safe.
 *
 * <p><b>Sinks that come and go.</b> A sink that the journal does not know begins with the oldest
 * event kept. One that is missing keeps its place, and is logged at start; {@link #forget} gives it
 * up, after which the same name begins with what comes then.
 */
public final class Shipper {

  private static final Logger log = LoggerFactory.getLogger(Shipper.class);

  private static final Pattern BATCH = Pattern.compile("([^:]+):([^:]+):\\d{1,18}-(\\d{1,18})");

  private static final long LOOK_EACH_MILLIS = 20;

  private final UsageJournal journal;
  private final Map<String, Delivery> deliveries = new TreeMap<>();

  private Shipper(UsageJournal journal, List<NamedSink> sinks, InstantSource clock) {
    this.journal = journal;
    for (NamedSink sink : sinks) {
      if (deliveries.put(sink.name(), new Delivery(sink, journal, clock)) != null) {
        throw new IllegalArgumentException("two sinks are named \"" + sink.name() + "\"");
      }
    }
  }

  /**
   * Begins to ship.
   *
   * @throws IllegalArgumentException if two sinks have the same name
   */
  public static Shipper start(UsageJournal journal, List<NamedSink> sinks, InstantSource clock) {
    Shipper shipper = new Shipper(journal, sinks, clock);
    for (String missing : shipper.missing()) {
      log.warn(
          "sink \"{}\" is not there, but has been sent only events up to {}. It goes on from there"
              + " when it comes back; forget(\"{}\") gives it up",
          missing,
          journal.progress(missing).sent(),
          missing);
    }
    shipper.deliveries.values().forEach(Delivery::start);
    return shipper;
  }

  /** Sinks that the journal knows, that were not given up, and that are not there. */
  public Set<String> missing() {
    Set<String> missing = new TreeSet<>();
    journal
        .sinks()
        .forEach(
            (name, progress) -> {
              if (!progress.givenUp() && !deliveries.containsKey(name)) {
                missing.add(name);
              }
            });
    return missing;
  }

  /**
   * Gives up a sink that is no longer there: what it has not been sent, it never will be. Returns
   * when that is durable.
   *
   * @throws IllegalArgumentException if it is there, or the journal does not know it
   * @throws IOException if it could not be written down
   */
  public void forget(String sink) throws IOException, InterruptedException {
    if (!missing().contains(sink)) {
      throw new IllegalArgumentException(
          "only a missing sink can be forgotten, one of " + missing() + ", got \"" + sink + "\"");
    }
    journal.sync(UsageJournal.SYNC_PATIENCE);
    long sent = journal.progress(sink).sent();
    journal.markDurably(
        new SinkMark(Kind.GIVEN_UP, sink, sent + 1, Math.max(sent, journal.durable())));
  }

  /**
   * Delivers what there is, as long as the time allows and each sink takes it, and ends. What is
   * not durable after half of the time is left for the next start. A delivery that is under way
   * when the time is over is interrupted: whether its batch arrived or not, it comes again after
   * the next start, with the same id, and the rest follows. Call it when no more events come,
   * before the journal is closed.
   *
   * @return whether every sink got everything but what is parked
   */
  public boolean close(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<Delivery> all = new ArrayList<>(deliveries.values());
    try {
      journal.sync(timeout.dividedBy(2)); // the rest is for deliveries
      all.forEach(Delivery::finish);
      for (Delivery delivery : all) {
        delivery.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
      }
    } catch (IOException e) {
      log.warn(
          "the journal could not be made durable; what is newer is shipped after a restart", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(Delivery::abandon);
    return all.stream().allMatch(Delivery::upToDate);
  }

  /** How far each sink is behind, by its name. */
  public Map<String, SinkLag> lag() {
    Map<String, SinkLag> lag = new TreeMap<>();
    deliveries.forEach((name, delivery) -> lag.put(name, delivery.lag()));
    return lag;
  }

  /** The name that a sink has here; none if it is another object that is served. */
  public Optional<String> name(UsageSink sink) {
    return deliveries.entrySet().stream()
        .filter(entry -> entry.getValue().serves(sink))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * Waits until a sink was sent all that was settled before this call, but for what is parked. It
   * is cut as its schedule says: wait longer than that takes.
   *
   * @param sink its name
   * @return false if that took longer
   * @throws IllegalArgumentException if there is none of that name
   * @throws IOException if what was settled could not be made durable
   */
  public boolean awaitSent(String sink, Duration atMost) throws IOException, InterruptedException {
    Delivery delivery = deliveries.get(sink);
    if (delivery == null) {
      throw new IllegalArgumentException(
          "no sink is named \"" + sink + "\", only " + deliveries.keySet());
    }
    long deadline = System.nanoTime() + atMost.toNanos();
    journal.sync(atMost);
    long settled = journal.durable();
    EventReader reader = journal.reader();
    while (!delivery.hasSent(settled, reader)) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EACH_MILLIS);
    }
    return true;
  }

  /** Batches that wait for somebody to decide, of missing sinks too; by sink, oldest first. */
  public List<ParkedBatch> parked() {
    List<ParkedBatch> parked = new ArrayList<>();
    new TreeMap<>(journal.sinks())
        .values()
        .forEach(progress -> progress.parked().forEach(mark -> parked.add(shown(mark))));
    return parked;
  }

  private ParkedBatch shown(SinkMark mark) {
    Instant at = Instant.ofEpochMilli(mark.millis());
    return new ParkedBatch(journal.id(), mark.sink(), mark.first(), mark.last(), at, mark.reason());
  }

  /**
   * Has a parked batch delivered once more, before any new one and with the same id. It stays
   * parked until it has arrived; where it fails otherwise than by being refused, it is tried again
   * and the sink's other batches wait. Where instances share a journal, ask the one that serves the
   * sink; another one delivers it when it does.
   *
   * @param batch its id
   * @return false if it is not parked any more: it has arrived, or was given up
   * @throws IllegalArgumentException if there was never such a batch, or its sink is missing
   */
  public boolean retry(String batch) {
    SinkMark mark = mark(batch);
    if (mark == null) {
      return false;
    }
    Delivery delivery = deliveries.get(mark.sink());
    if (delivery == null) {
      throw new IllegalArgumentException("sink \"" + mark.sink() + "\" is missing");
    }
    delivery.retry(mark);
    return true;
  }

  /**
   * Gives up a parked batch: the sink never gets it. Returns when that is durable. The events stay
   * in the journal and in the ledger.
   *
   * @param batch its id
   * @return false if it is not parked any more: it has arrived, or was given up
   * @throws IllegalArgumentException if there was never such a batch
   * @throws IOException if it could not be written down
   */
  public boolean drop(String batch) throws IOException, InterruptedException {
    SinkMark mark = mark(batch);
    if (mark == null) {
      return false;
    }
    journal.markDurably(mark.as(Kind.GIVEN_UP));
    return true;
  }

  /** Of a parked batch; null if it is one that is done with. */
  private @Nullable SinkMark mark(String batch) {
    for (SinkProgress progress : journal.sinks().values()) {
      for (SinkMark mark : progress.parked()) {
        if (UsageBatch.id(journal.id(), mark.sink(), mark.first(), mark.last()).equals(batch)) {
          return mark;
        }
      }
    }
    if (!isDoneWith(BATCH.matcher(batch))) {
      throw new IllegalArgumentException("no batch \"" + batch + "\" is parked");
    }
    return null;
  }

  private boolean isDoneWith(Matcher batch) {
    SinkProgress sink = batch.matches() ? journal.sinks().get(batch.group(2)) : null;
    return sink != null
        && batch.group(1).equals(journal.id().toString())
        && Long.parseLong(batch.group(3)) <= sink.sent();
  }

  /** Has every sink look at the clock: for tests, which turn it by hand. */
  void wake() {
    deliveries.values().forEach(Delivery::wake);
  }
}
