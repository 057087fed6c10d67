// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.Fault;
import dev.monetize.testkit.Faults;
import dev.monetize.testkit.MemoryStorage;
import dev.monetize.usage.JournalSettings.Durability;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * One run of a real journal, its thread included, in which calls of its files fail: it is opened,
 * written over several segments, of which a checkpoint lets it delete the first ones, closed,
 * opened again and written again; then all is well again, and it goes on; then the process ends or
 * the power is cut.
 *
 * @param durability what the journal waits for
 * @param fault what goes wrong
 * @param once whether only one call fails, else all from that one on
 * @param call number of the call that fails, or fails first
 * @param powerCut whether the power is cut at the end
 */
record FaultyRun(Durability durability, Fault fault, boolean once, long call, boolean powerCut) {

  private static final int SEGMENT = 4096;
  private static final int EVENTS = 25;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Does it, and fails where the journal breaks its contract. */
  Result run() throws IOException, InterruptedException {
    return new Running(this).run();
  }

  /**
   * What happened.
   *
   * @param calls all calls that were made
   * @param failures those that failed
   * @param acknowledged events that were acknowledged
   */
  record Result(long calls, long failures, int acknowledged) {}

  private static final class Running {

    private final FaultyRun run;
    private final MemoryStorage storage = new MemoryStorage();
    private final SplittableRandom random;
    private final EventPool pool;

    /** Numbers of events, in the order in which they were appended. */
    private final List<Integer> tried = new ArrayList<>();

    /** Numbers of the events that are in the journal, by their sequence. */
    private final TreeMap<Long, Integer> written = new TreeMap<>();

    private final TreeMap<Long, Integer> acknowledged = new TreeMap<>();

    Running(FaultyRun run) {
      this.run = run;
      this.random = new SplittableRandom(run.call);
      this.pool = new EventPool(200, random);
    }

    Result run() throws IOException, InterruptedException {
      storage.fail(run.once ? Faults.at(run.call, run.fault) : Faults.from(run.call, run.fault));
      writeOnce();
      writeOnce();
      FileUsageJournal journal = openRepaired();
      append(journal);
      storage.fail(Faults.none());
      journal = goOn(journal);
      journal.close();
      Result result = new Result(storage.calls(), storage.failures(), acknowledged.size());
      end();
      check();
      return result;
    }

    private void writeOnce() throws InterruptedException {
      try {
        FileUsageJournal journal = open();
        append(journal);
        journal.close();
      } catch (JournalDamagedException e) {
        throw new AssertionError("refused though only calls failed", e);
      } catch (IOException e) {
        assertThat(storage.failures()).as("refused: %s", e).isPositive();
      }
      storage.processEnd(random);
    }

    private FileUsageJournal openRepaired() throws IOException {
      try {
        return open();
      } catch (IOException e) {
        storage.fail(Faults.none());
        storage.processEnd(random);
        return open();
      }
    }

    /** Opens it; what was found is what it holds from here on. */
    private FileUsageJournal open() throws IOException {
      Numbers numbers = new Numbers(pool);
      JournalSettings settings =
          JournalSettings.on(() -> Instant.MAX)
              .durability(run.durability)
              .syncEvery(Duration.ofMillis(100))
              .retention(Duration.ZERO);
      FileUsageJournal journal =
          FileUsageJournal.open(storage, () -> {}, settings, SEGMENT, List.of(numbers));
      Map<Long, Integer> found = numbers.bySequence();
      assertThat(found).as("acknowledged").containsAllEntriesOf(acknowledged);
      List<Integer> order = new ArrayList<>(tried);
      order.retainAll(found.values());
      assertThat(List.copyOf(found.values())).as("what was appended, once").isEqualTo(order);
      written.clear();
      written.putAll(found);
      return journal;
    }

    private void append(FileUsageJournal journal) throws InterruptedException {
      for (int i = 0; i < EVENTS; i++) {
        if (journal.accepting()) {
          append(journal, pool.take());
        }
        if (i % 8 == 7) {
          journal.mark(new SinkMark(SinkMark.Kind.SENT, "sink", 1, journal.appended()));
        }
        if (i % 10 == 9) {
          sync(journal);
        }
      }
      checkpoint(journal);
    }

    private void checkpoint(FileUsageJournal journal) {
      try {
        journal.checkpoint();
      } catch (IOException e) {
        assertThat(storage.failures()).as("no checkpoint: %s", e).isPositive();
      }
    }

    private void append(FileUsageJournal journal, UsageEvent event) {
      tried.add(pool.number(event));
      long sequence = journal.append(event);
      if (run.durability == Durability.PROCESS) {
        assertThat(sequence).as("an event after accepting() was true").isPositive();
      }
      if (sequence > 0) {
        written.put(sequence, pool.number(event));
        if (run.durability == Durability.POWER) {
          acknowledged.put(sequence, pool.number(event));
        }
      }
    }

    private void sync(FileUsageJournal journal) throws InterruptedException {
      try {
        journal.sync(PATIENCE);
        acknowledged.putAll(written);
      } catch (IOException e) {
        assertThat(storage.failures()).as("could not be synced: %s", e).isPositive();
      }
    }

    /**
     * Now that all is well the journal goes on by itself. Only where everything failed again and
     * again it may have given up: then somebody restarts it.
     */
    private FileUsageJournal goOn(FileUsageJournal disturbed)
        throws IOException, InterruptedException {
      FileUsageJournal journal = disturbed;
      if (!run.once && run.fault != Fault.NO_SPACE && !journal.accepting()) {
        journal.close();
        storage.processEnd(random);
        journal = open();
      }
      for (int i = 0; i < EVENTS; i++) {
        awaitAccepting(journal);
        int before = written.size();
        append(journal, pool.take());
        assertThat(written.size()).as("gone on").isEqualTo(before + 1);
      }
      journal.sync(PATIENCE);
      acknowledged.putAll(written);
      return journal;
    }

    private static void awaitAccepting(FileUsageJournal journal) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!journal.accepting()) {
        assertThat(System.nanoTime()).as("accepts nothing, all is well").isLessThan(deadline);
        LockSupport.parkNanos(1_000_000);
      }
    }

    private void end() {
      if (run.powerCut) {
        storage.powerCut(random);
      } else {
        storage.processEnd(random);
        if (storage.failures() == 0) {
          acknowledged.putAll(written);
        }
      }
    }

    private void check() throws IOException {
      FileUsageJournal journal = open();
      assertThat(journal.append(pool.take())).as("next").isGreaterThan(written.lastKey());
      journal.close();
    }
  }
}
