// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * One process of a soak: opens the journal, appends from several threads, ships to all sinks,
 * closes it, some times over; unless it is killed before, or a sink has it die.
 */
final class SoakProcess {

  static final int DIED = 77;
  static final int BROKEN = 78;
  static final String ACKNOWLEDGED = "acknowledged";
  static final String LEDGER = "ledger";

  /** Events that may wait for a sink: more would fill the disk. */
  private static final long MOST_WAITING = 3_000_000;

  private static final int TICK = 20_000_000;
  private static final int TICKS_PER_LINE = 10;
  private static final int MOST_TICKS = 15_000;

  private final Path directory;
  private final SoakEvents events;
  private final long[] next;
  private final long[] until = new long[SoakEvents.WRITERS];
  private final int opens;
  private final SoakRound.End end;
  private final MappedByteBuffer acknowledged;
  private final Map<SoakSink.Trouble, SoakSink> sinks = new EnumMap<>(SoakSink.Trouble.class);
  private final LongAdder appended = new LongAdder();
  private volatile boolean full;

  private SoakProcess(SoakRound round) throws IOException {
    directory = round.directory();
    events = round.events();
    next = round.next().stream().mapToLong(Long::longValue).toArray();
    opens = round.opens();
    end = round.end();
    for (int writer = 0; writer < SoakEvents.WRITERS; writer++) {
      until[writer] = Math.min(events.each(), next[writer] + round.more());
    }
    AtomicLong lives = new AtomicLong(round.lives());
    for (SoakSink.Trouble trouble : SoakSink.Trouble.values()) {
      SoakFarSide farSide = SoakFarSide.open(directory.resolve(name(trouble)));
      sinks.put(trouble, new SoakSink(trouble, farSide, lives));
    }
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(ACKNOWLEDGED),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      acknowledged = channel.map(FileChannel.MapMode.READ_WRITE, 0, 64L * SoakEvents.WRITERS);
    }
  }

  static String name(SoakSink.Trouble trouble) {
    return trouble.name().toLowerCase(Locale.ROOT);
  }

  /** The journal as all processes of a soak open it: what is done with is deleted at once. */
  static FileUsageJournal open(Path directory, JournalState... states) throws IOException {
    JournalSettings settings =
        JournalSettings.on(InstantSource.system())
            .checkpointEvery(Duration.ofSeconds(1))
            .retention(Duration.ZERO);
    return FileUsageJournal.open(directory.resolve("journal"), settings, List.of(states));
  }

  /** Ends the process: the books cannot be right any more. */
  static void broken(String why) {
    System.err.println(why);
    Runtime.getRuntime().halt(BROKEN);
  }

  public static void main(String[] arguments) throws Exception {
    new SoakProcess(SoakRound.of(arguments)).run();
  }

  private void run() throws Exception {
    Ledger ledger = new Ledger(InstantSource.system());
    for (int left = opens; left > 0; left--) {
      ledger = new Ledger(InstantSource.system());
      FileUsageJournal journal = open(directory, ledger);
      Shipper shipper = Shipper.start(journal, named(), InstantSource.system());
      append(journal, shipper, ledger, left);
      if (left == 1 && end != SoakRound.End.CLOSED) {
        drain(shipper);
      }
      shipper.close(Duration.ofMillis(left == 1 ? 2000 : 100));
      journal.close();
      if (journal.lost() > 0) {
        broken(journal.lost() + " events were lost");
      }
    }
    try (DataOutputStream to =
        new DataOutputStream(Files.newOutputStream(directory.resolve(LEDGER)))) {
      ledger.write(to);
    }
  }

  private List<NamedSink> named() {
    ShipSchedule schedule = ShipSchedule.within(events.batch(), Duration.ofMillis(200));
    List<NamedSink> named = new ArrayList<>();
    sinks.forEach((trouble, sink) -> named.add(new NamedSink(name(trouble), sink, schedule)));
    return named;
  }

  private void append(FileUsageJournal journal, Shipper shipper, Ledger ledger, int left)
      throws Exception {
    List<Thread> writers = new ArrayList<>();
    for (int writer = 0; writer < SoakEvents.WRITERS; writer++) {
      int number = writer;
      long end = next[writer] + (until[writer] - next[writer]) / left;
      Thread thread = new Thread(() -> append(journal, ledger, number, end), "writer-" + writer);
      thread.start();
      writers.add(thread);
    }
    for (int tick = 1; writers.stream().anyMatch(Thread::isAlive); tick++) {
      watch(journal, shipper, tick);
      LockSupport.parkNanos(TICK);
    }
  }

  private void append(FileUsageJournal journal, Ledger ledger, int writer, long end) {
    for (long number = next[writer]; number < end; number++) {
      while (full || !journal.accepting()) {
        LockSupport.parkNanos(TICK / 20);
      }
      UsageEvent event = events.event(writer, number);
      long sequence = journal.append(event);
      if (sequence <= 0) {
        broken("an event was not written");
      }
      acknowledged.putLong(64 * writer, number + 1);
      ledger.fold(sequence, event);
      appended.increment();
    }
    next[writer] = end;
  }

  private void watch(FileUsageJournal journal, Shipper shipper, int tick) throws IOException {
    long sent =
        sinks.keySet().stream().mapToLong(s -> journal.progress(name(s)).sent()).min().orElse(0);
    full = journal.appended() - sent > MOST_WAITING;
    if (tick % TICKS_PER_LINE == 0) {
      retry(shipper);
      System.out.println("appended " + appended.sum() + (full ? " (waiting for sinks)" : ""));
    }
  }

  private static void retry(Shipper shipper) {
    for (ParkedBatch parked : shipper.parked()) {
      shipper.retry(parked.id());
    }
  }

  private void drain(Shipper shipper) {
    for (int tick = 0; end == SoakRound.End.KILLED || !drained(shipper); tick++) {
      if (tick % TICKS_PER_LINE == 0) {
        retry(shipper);
        System.out.println("appended " + appended.sum() + ", the rest is shipped");
      }
      if (tick == MOST_TICKS) {
        broken("not drained, or not killed: " + shipper.lag());
      }
      LockSupport.parkNanos(TICK);
    }
  }

  private static boolean drained(Shipper shipper) {
    return shipper.parked().isEmpty()
        && shipper.lag().values().stream().allMatch(lag -> lag.events() == 0);
  }
}
