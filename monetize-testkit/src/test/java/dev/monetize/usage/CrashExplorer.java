// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.testkit.Fault;
import dev.monetize.testkit.Faults;
import dev.monetize.testkit.MemoryStorage;
import dev.monetize.usage.SinkMark.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Writes journals of three small segments, cuts the power at any moment, recovers, goes on and cuts
 * it again, until they are full. After each cut: what was acknowledged is there, what is there is
 * what was appended, in order, nothing is there twice, and nothing that was dropped comes back.
 *
 * <p>Each journal has a seed of its own, that of the run and its number, and can be repeated alone.
 */
final class CrashExplorer {

  private static final int SEGMENTS = 3;
  private static final int MOST_RECORDS = 300;
  private static final Kind[] MARKS = {Kind.SEALED, Kind.SENT, Kind.GIVEN_UP};
  private static final Fault[] FAULTS = Fault.values();
  private static final String[] SINKS = {"a", "b"};

  private final UnaryOperator<JournalStorage> hurt;
  private final boolean truncating;
  private final EventPool pool = new EventPool(4096, new SplittableRandom(1));
  private final RecordedIds noIds;
  private final SteppedJournal.Memory memory = new SteppedJournal.Memory();
  private long states;
  private long journals;

  /** Whether only a process ended, in which nothing failed: then all is there. */
  private boolean complete;

  private MemoryStorage storage = new MemoryStorage();
  private JournalModel model = new JournalModel();
  private SplittableRandom random = new SplittableRandom();

  /** Says that a state broke a promise. */
  static final class Violation extends Exception {

    private static final long serialVersionUID = 1L;

    Violation(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * One that explores the journal as it is.
   *
   * @param directory for ids that do not fit into memory, of which there are none
   */
  CrashExplorer(Path directory) throws IOException {
    this(directory, storage -> storage, true);
  }

  /**
   * One that explores a journal with a fault.
   *
   * @param hurt makes the storage worse
   * @param truncating whether recovery's cutting off of a torn tail is kept
   */
  CrashExplorer(Path directory, UnaryOperator<JournalStorage> hurt, boolean truncating)
      throws IOException {
    this.noIds = RecordedIds.in(directory);
    this.hurt = hurt;
    this.truncating = truncating;
  }

  long states() {
    return states;
  }

  long journals() {
    return journals;
  }

  /** Explores so many states at least. */
  void explore(long seed, long atLeast) throws Violation {
    while (states < atLeast) {
      long journal = seed + journals;
      long before = states;
      try {
        exploreJournal(journal);
      } catch (Violation | IOException | RuntimeException e) {
        throw new Violation(
            "seed " + journal + ", state " + (states - before) + ": " + e.getMessage(), e);
      }
      journals++;
    }
  }

  private void exploreJournal(long seed) throws Violation, IOException {
    random = new SplittableRandom(seed);
    storage = new MemoryStorage();
    model = new JournalModel();
    complete = false;
    pool.rewind();
    UUID id = new UUID(random.nextLong(), random.nextLong());
    boolean room = true;
    while (room) {
      long failures = storage.failures();
      failSometimes(16);
      try {
        room = write(recover(id));
      } catch (JournalDamagedException e) {
        throw e;
      } catch (IOException told) {
        if (storage.failures() == failures) {
          throw told;
        }
      }
      crash(storage.failures() > failures);
    }
  }

  private void crash(boolean failed) {
    storage.fail(Faults.none());
    if (random.nextInt(16) == 0) {
      complete = !failed;
      storage.processEnd(random);
      return;
    }
    if (random.nextInt(4) == 0) {
      storage.writeBack(random);
    }
    complete = false;
    storage.powerCut(random);
    states++;
  }

  /** Has the machine stop in one of the next calls, or one of them fail. */
  private void failSometimes(int seldom) {
    if (random.nextInt(seldom) == 0) {
      long call = storage.calls() + 1 + random.nextInt(12);
      storage.fail(
          random.nextBoolean()
              ? Faults.from(call, Fault.IO_ERROR)
              : Faults.at(call, FAULTS[random.nextInt(FAULTS.length)]));
    }
  }

  private SteppedJournal recover(UUID id) throws Violation, IOException {
    Numbers numbers = new Numbers(pool);
    RecordedIds ids = noIds.fresh();
    byte[][] before = truncating ? new byte[0][] : bytes();
    SteppedJournal journal = SteppedJournal.open(hurt.apply(storage), id, memory, numbers, ids);
    if (!truncating) {
      putBack(before, journal.tails());
    }
    if (complete && journal.records() != model.size()) {
      throw new Violation(
          journal.records() + " of " + model.size() + " records survived the process", null);
    }
    String wrong = model.recover(numbers.numbers(), journal.records(), journal.sinks());
    if (!wrong.isEmpty() || !same(ids, numbers)) {
      throw new Violation(wrong.isEmpty() ? "ids are not those of the events" : wrong, null);
    }
    return journal;
  }

  /** Whether the ids are those of the events that came from elsewhere, and no others. */
  private static boolean same(RecordedIds ids, Numbers numbers) {
    int expected = 0;
    for (int number : numbers.numbers()) {
      if (number >= 0 && number % 3 == 0) {
        expected++;
        if (ids.find(EventPool.external(number)) != RecordedIds.Found.THE_SAME) {
          return false;
        }
      }
    }
    return ids.size() == expected;
  }

  private byte[][] bytes() throws IOException {
    List<byte[]> bytes = new ArrayList<>();
    for (String name : new SegmentDirectory(storage).files().values()) {
      byte[] content = new byte[SteppedJournal.SEGMENT];
      storage.open(name).buffer().get(0, content);
      bytes.add(content);
    }
    return bytes.toArray(byte[][]::new);
  }

  private static void putBack(byte[][] before, List<SteppedJournal.Tail> tails) throws IOException {
    for (int i = 0; i < before.length; i++) {
      SteppedJournal.Tail tail = tails.get(i);
      int from = Math.max(tail.from(), Segment.HEADER);
      tail.segment().buffer().put(from, before[i], from, SteppedJournal.SEGMENT - from);
      tail.segment().file().force(0, SteppedJournal.SEGMENT);
    }
  }

  /** Writes a little; whether there is room for more. */
  private boolean write(SteppedJournal journal) throws IOException {
    failSometimes(8);
    for (int steps = 1 + random.nextInt(8); steps > 0; steps--) {
      int step = random.nextInt(16);
      if (step < 3) {
        journal.sync();
        model.acknowledge();
      } else if (step < 5 || !journal.accepting()) {
        journal.makeSpare(SEGMENTS);
      } else if (step == 5) {
        storage.writeBack(random);
      } else if (step == 6 && random.nextInt(4) == 0) {
        journal.checkpoint();
      } else if (step == 7) {
        mark(journal);
      } else if (step == 8) {
        note(journal);
      } else {
        event(journal);
      }
    }
    return model.size() < MOST_RECORDS && (journal.accepting() || journal.hasRoomFor(SEGMENTS));
  }

  private void event(SteppedJournal journal) {
    UsageEvent event = pool.take();
    if (journal.append(event) > 0) {
      model.append(pool.number(event));
    }
  }

  /** A note; one in two is waited for, with all before it. */
  private void note(SteppedJournal journal) throws IOException {
    int number = model.size();
    if (journal.append(EventPool.note(number)) > 0) {
      model.append(-1 - number);
      if (random.nextBoolean()) {
        journal.sync();
        model.acknowledge();
      }
    }
  }

  private void mark(SteppedJournal journal) {
    Kind kind = MARKS[random.nextInt(MARKS.length)];
    SinkMark mark =
        new SinkMark(
            kind, SINKS[random.nextInt(SINKS.length)], 1, 1 + random.nextInt(1 + model.size()));
    if (journal.append(mark) > 0) {
      model.append(mark);
    }
  }
}
