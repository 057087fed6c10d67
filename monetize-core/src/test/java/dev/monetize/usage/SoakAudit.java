// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the whole journal of a soak, between two processes, record by record, and keeps books of
 * its own. To the journal it is a sink, so nothing is deleted that it has not read.
 */
final class SoakAudit {

  private static final String NAME = "audit";

  /** Records that it looks back; a power of two above those that may wait for a sink. */
  private static final int BEHIND = 1 << 23;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;
  private final SoakEvents events;
  private final long[] next = new long[SoakEvents.WRITERS];
  private final SoakTally journal = new SoakTally();
  private final Map<String, Books> books = new HashMap<>();

  /** Of each record behind which a seal may come: customer + 1, tokens and bytes; 0 for a mark. */
  private final int[] recent = new int[BEHIND];

  private long read;

  /** What the journal says of a sink. */
  static final class Books {

    final SoakTally sealed = new SoakTally();
    final SoakTally sent = new SoakTally();
    final Map<String, SoakTally> open = new HashMap<>();
    private long end;
    long batches;
    long parked;
  }

  SoakAudit(Path directory, SoakEvents events) {
    this.directory = directory;
    this.events = events;
  }

  /** Reads what is new, and lets go of it. The journal is not in use. */
  void run(long[] acknowledged, boolean clean) throws Exception {
    Ledger ledger = new Ledger(InstantSource.system());
    try (FileUsageJournal opened = SoakProcess.open(directory, ledger)) {
      if (clean) {
        compare(ledger);
      }
      long last = opened.appended();
      RecordCursor cursor =
          new RecordCursor(
              opened.id(),
              new SegmentDirectory(JournalStorage.directory(directory.resolve("journal"))),
              opened.index());
      cursor.seek(read + 1);
      while (cursor.next() <= last) {
        long sequence = cursor.take();
        if (sequence > read) {
          record(sequence, cursor.record());
          read = sequence;
        }
      }
      require(acknowledged);
      opened.markDurably(new SinkMark(SinkMark.Kind.SENT, NAME, Math.min(1, last), last));
      opened.sync(PATIENCE);
    }
  }

  /** What the threads of the last process counted is what was read back, byte by byte. */
  private void compare(Ledger ledger) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ledger.write(new DataOutputStream(bytes));
    if (!Arrays.equals(
        bytes.toByteArray(), Files.readAllBytes(directory.resolve(SoakProcess.LEDGER)))) {
      throw new AssertionError("the ledger that was restored is not the one that was in use");
    }
  }

  /** All that was acknowledged is there, and of each writer at most one event more. */
  private void require(long[] acknowledged) {
    for (int writer = 0; writer < next.length; writer++) {
      long more = next[writer] - acknowledged[writer];
      if (more < 0 || more > 1) {
        throw new AssertionError(
            next[writer] + " events of writer " + writer + ", not " + acknowledged[writer]);
      }
    }
  }

  private void record(long sequence, RecordFrame record) {
    RecordType type = RecordType.of(record.typeCode());
    int brief = 0;
    if (type == RecordType.EVENT) {
      brief = event(EventPayload.read(record.payload()));
    } else {
      SinkMark mark = SinkMark.read(type.mark(), record.payload());
      if (!mark.sink().equals(NAME)) {
        mark(mark, books.computeIfAbsent(mark.sink(), sink -> new Books()));
      }
    }
    recent[(int) sequence & (BEHIND - 1)] = brief;
  }

  private int event(UsageEvent event) {
    int writer = SoakEvents.writer(event);
    if (!event.equals(events.event(writer, next[writer]))) {
      throw new AssertionError(event + " is not event " + next[writer] + " of " + writer);
    }
    next[writer]++;
    journal.add(event);
    return (SoakEvents.customer(event) + 1) << 25
        | (int) event.units("tokens") << 16
        | (int) event.units("bytes");
  }

  private void mark(SinkMark mark, Books of) {
    String range = mark.first() + "-" + mark.last();
    switch (mark.kind()) {
      case SEALED -> seal(mark, range, of);
      case PARKED -> of.parked += known(of.open.get(range), mark) == null ? 0 : 1;
      case SENT -> of.sent.add(known(of.open.remove(range), mark));
      default -> throw new AssertionError(mark);
    }
  }

  private static SoakTally known(SoakTally sealed, SinkMark mark) {
    if (sealed == null) {
      throw new AssertionError(mark + " was never sealed, or has arrived before");
    }
    return sealed;
  }

  private void seal(SinkMark mark, String range, Books of) {
    if (mark.first() <= of.end || read - mark.first() >= BEHIND) {
      throw new AssertionError(mark + " was sealed, up to " + of.end + ", or is too long ago");
    }
    SoakTally batch = new SoakTally();
    for (long sequence = mark.first(); sequence <= mark.last(); sequence++) {
      int brief = recent[(int) sequence & (BEHIND - 1)];
      if (brief != 0) {
        int cell = SoakTally.cell((brief >>> 25) - 1, 0);
        batch.events++;
        batch.units[cell]++;
        batch.units[cell + 1] += brief >>> 16 & 511;
        batch.units[cell + 2] += brief & 65535;
      }
    }
    of.end = mark.last();
    of.batches++;
    of.sealed.add(batch);
    of.open.put(range, batch);
  }

  /** Number of each writer's next event. */
  List<Long> next() {
    return Arrays.stream(next).boxed().toList();
  }

  SoakTally journal() {
    return journal;
  }

  Books books(String sink) {
    return books.get(sink);
  }
}
