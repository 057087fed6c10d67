// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
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
 * <p><b>Sinks that come and go.</b> A sink that the journal does not know begins with the oldest
 * event kept. One that is missing keeps its place, and is logged at start; {@link #forget} gives it
 * up, after which the same name begins with what comes then.
 */
public final class Shipper {

  private static final Logger log = LoggerFactory.getLogger(Shipper.class);

  private static final Duration SYNC_PATIENCE = Duration.ofSeconds(30);

  private final FileUsageJournal journal;
  private final Map<String, Delivery> deliveries = new TreeMap<>();

  private Shipper(FileUsageJournal journal, List<NamedSink> sinks, InstantSource clock) {
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
  public static Shipper start(
      FileUsageJournal journal, List<NamedSink> sinks, InstantSource clock) {
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
    journal.sync(SYNC_PATIENCE);
    long sent = journal.progress(sink).sent();
    journal.markDurably(
        RecordType.GIVEN_UP, new SinkMark(sink, sent + 1, Math.max(sent, journal.syncedEvent())));
  }

  /**
   * Delivers what there is, as long as the time allows and each sink takes it, and ends. The rest
   * follows after the next start. Call it when no more events come, before the journal is closed.
   *
   * @return whether every sink got everything
   */
  public boolean close(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<Delivery> all = new ArrayList<>(deliveries.values());
    try {
      journal.sync(timeout);
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

  /** Has every sink look at the clock: for tests, which turn it by hand. */
  void wake() {
    deliveries.values().forEach(Delivery::wake);
  }
}
