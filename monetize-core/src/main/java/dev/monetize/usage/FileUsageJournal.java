// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in a directory of its own.
 *
 * <p><b>Cost.</b> An event is encoded into a preallocated, mapped file: a memory copy under a short
 * lock, without a system call, a hand-off to another thread, or garbage.
 *
 * <p><b>What survives.</b> What {@link #append} returned from survives the end of the process,
 * {@code kill -9} included. A background thread makes it durable every 10 ms (40 ms after it has
 * been idle); that, and the time that an fsync takes, bounds what a power cut can take. Sinks are
 * given only what is durable already.
 *
 * <p><b>Opening</b> reads all of it, checks every record, and hands the events to a {@link Replay}.
 * A torn tail is cut off and logged; anything else that is not as it was written is refused with a
 * {@link JournalDamagedException}. A second opener is refused, of this process or another.
 *
 * <p><b>Room.</b> One segment is always made in advance. When the disk cannot give it, events go on
 * into the current one; {@link #accepting} turns false when three quarters of that are full, so
 * that calls in flight, and the marks of sinks, have the last quarter (4 MiB by default, about
 * 20,000 events). It turns true by itself when there is room again. After a failed fsync it stays
 * false: nothing newer can be trusted to last, and the process must be restarted.
 *
 * <p>No segment is ever deleted by this version.
 */
public final class FileUsageJournal implements UsageJournal {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  /** Size of a segment, unless another is asked for: 16 MiB. */
  public static final int SEGMENT_BYTES = 16 << 20;

  private static final int MIN_SEGMENT_BYTES = 128 << 10;
  private static final int MAX_SEGMENT_BYTES = 1 << 30;
  private static final Duration SYNC_EVERY = Duration.ofMillis(10);
  private static final Duration SYNC_PATIENCE = Duration.ofSeconds(30);

  private final UUID id;
  private final DirectoryLock lock;
  private final SegmentIndex index;
  private final Appender appender;
  private final JournalThread thread;
  private final Map<String, SinkProgress> sinks;

  private FileUsageJournal(
      DirectoryLock lock, SegmentDirectory directory, Recovery.Result found, int segmentBytes) {
    this.lock = lock;
    this.id = found.segments().get(0).journal();
    this.index = new SegmentIndex(found.bases());
    this.sinks = new ConcurrentHashMap<>(found.sinks());
    this.appender = new Appender(found, index, this::wake);
    this.thread =
        new JournalThread(
            appender,
            (number, between) -> directory.create(id, number, segmentBytes, between),
            SYNC_EVERY);
  }

  /**
   * Opens the journal in a directory, or begins one.
   *
   * @param directory made where it does not exist
   * @param replay given every event there is, on the calling thread, before this returns
   * @throws JournalDamagedException if what is there is not as it was written
   * @throws IOException if it is in use, or the disk fails
   */
  public static FileUsageJournal open(Path directory, Replay replay) throws IOException {
    return open(directory, SEGMENT_BYTES, replay);
  }

  /**
   * Opens the journal in a directory, or begins one.
   *
   * @param segmentBytes size of files made from now on, 128 KiB to 1 GiB; a multiple of 4 KiB
   */
  public static FileUsageJournal open(Path directory, int segmentBytes, Replay replay)
      throws IOException {
    if (segmentBytes < MIN_SEGMENT_BYTES
        || segmentBytes > MAX_SEGMENT_BYTES
        || segmentBytes % 4096 != 0) {
      throw new IllegalArgumentException(
          "segmentBytes must be a multiple of 4096 from 131072 to 1073741824, got " + segmentBytes);
    }
    return openWith(directory, segmentBytes, replay);
  }

  /** Opens with segments of any size; those too small for every record are for tests. */
  static FileUsageJournal openWith(Path directory, int segmentBytes, Replay replay)
      throws IOException {
    Files.createDirectories(directory);
    DirectoryLock lock = DirectoryLock.take(directory);
    try {
      SegmentDirectory segments = new SegmentDirectory(directory);
      if (segments.files().isEmpty()) {
        segments.create(UUID.randomUUID(), 1, segmentBytes, () -> {});
      }
      Recovery.Result found = new Recovery(replay).run(segments);
      warnOf(found);
      FileUsageJournal journal = new FileUsageJournal(lock, segments, found, segmentBytes);
      journal.thread.start();
      return journal;
    } catch (Throwable failure) {
      lock.release();
      throw failure;
    }
  }

  private static void warnOf(Recovery.Result found) {
    Recovery.TornTail torn = found.torn();
    if (torn != null) {
      log.warn(
          "{}: a torn tail of {} bytes behind record {} was cut off: it was being written when the"
              + " process or the machine stopped",
          torn.file(),
          torn.bytes(),
          found.nextSequence() - 1);
    }
  }

  private void wake() {
    thread.wake();
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public boolean accepting() {
    return appender.accepting();
  }

  /**
   * {@inheritDoc}
   *
   * <p>It fails only where {@link #accepting} was not asked, or so many calls were let in at once
   * that the room kept for them was too small, or after {@link #close}. Where appending outruns the
   * making of segments it waits for the next one, up to 10 s.
   */
  @Override
  public long append(UsageEvent event) {
    return appender.append(event);
  }

  /** How many records could not be written: must be 0. The first one was logged as an error. */
  public long lost() {
    return appender.lost();
  }

  @Override
  public void close() {
    appender.close();
    thread.close();
    lock.release();
  }

  /** What is known of each sink that the journal names, those given up among them. */
  Map<String, SinkProgress> sinks() {
    return Map.copyOf(sinks);
  }

  SinkProgress progress(String sink) {
    return sinks.getOrDefault(sink, SinkProgress.NEW);
  }

  /** Writes down what became of a sink; its place, or 0 if it could not be written. */
  long mark(RecordType type, SinkMark mark) {
    long sequence = appender.append(type, mark);
    if (sequence > 0) {
      sinks.merge(
          mark.sink(), SinkProgress.NEW.after(type, mark), (old, fresh) -> old.after(type, mark));
    }
    return sequence;
  }

  /** Writes down what became of a sink, and returns when that is durable. */
  void markDurably(RecordType type, SinkMark mark) throws IOException, InterruptedException {
    long sequence = mark(type, mark);
    if (sequence == 0) {
      throw new IOException(type + " of sink \"" + mark.sink() + "\" could not be written");
    }
    thread.awaitSynced(sequence, SYNC_PATIENCE);
  }

  /** Makes durable what has been appended so far. */
  void sync(Duration atMost) throws IOException, InterruptedException {
    thread.awaitSynced(appender.extent().sequence(), atMost);
  }

  /** Sequence of the last event that is durable. */
  long syncedEvent() {
    return thread.syncedEvent();
  }

  void onSync(Runnable listener) {
    thread.onSync(listener);
  }

  SegmentIndex index() {
    return index;
  }

  EventReader reader() {
    return new EventReader(id, index);
  }
}
