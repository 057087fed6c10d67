// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.JournalSettings.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
 * <p><b>Opening</b> reads all of it, checks every record, and restores the {@link JournalState}s. A
 * torn tail is cut off and logged; anything else that is not as it was written is refused with a
 * {@link JournalDamagedException}. A second opener is refused, of this process or another.
 *
 * <p><b>Room.</b> One segment is always made in advance. When the disk cannot give it, events go on
 * into the current one; {@link #accepting} turns false when three quarters of that are full, so
 * that calls in flight, and the marks of sinks, have the last quarter (4 MiB by default, about
 * 20,000 events). It turns true by itself when there is room again.
 *
 * <p><b>A failed fsync</b> is never tried again, because the next one succeeds although the bytes
 * are gone. What was not durable yet is written once more, into a fresh segment. Only where that
 * fails too, {@link #accepting} turns false for good, and the process must be restarted.
 *
 * <p>No segment is ever deleted by this version.
 */
public final class FileUsageJournal implements UsageJournal {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  private static final Duration SYNC_PATIENCE = Duration.ofSeconds(30);

  private final UUID id;
  private final Runnable release;
  private final Durability durability;
  private final SegmentDirectory segments;
  private final SegmentIndex index;
  private final Appender appender;
  private final JournalThread thread;
  private final Map<String, SinkProgress> sinks;

  private FileUsageJournal(
      Runnable release,
      SegmentDirectory segments,
      Recovery.Result found,
      JournalSettings settings,
      int segmentBytes) {
    this.release = release;
    this.durability = settings.durability();
    this.segments = segments;
    this.id = found.segments().get(0).journal();
    this.index = new SegmentIndex(found.bases());
    this.sinks = new ConcurrentHashMap<>(found.sinks());
    this.appender = new Appender(found, index, new KeptRecords(KeptRecords.MOST_BYTES), this::wake);
    this.thread =
        new JournalThread(
            appender,
            (number, atLeast, between) ->
                segments.create(id, number, size(segmentBytes, atLeast), between),
            settings.syncEvery());
  }

  /**
   * Opens the journal in a directory, or begins one.
   *
   * @param directory made where it does not exist
   * @param states restored from what there is, on the calling thread, before this returns; they are
   *     the same ones at each start, and empty
   * @throws JournalDamagedException if what is there is not as it was written
   * @throws IOException if it is in use, or the disk fails
   */
  public static FileUsageJournal open(
      Path directory, JournalSettings settings, List<JournalState> states) throws IOException {
    return open(directory, settings, settings.segmentBytes(), states);
  }

  /** Opens with segments of any size; those too small for every record are for tests. */
  static FileUsageJournal openWith(Path directory, int segmentBytes, Replay replay)
      throws IOException {
    return open(
        directory,
        JournalSettings.on(InstantSource.fixed(Instant.EPOCH)),
        segmentBytes,
        List.of(Replay.state(replay)));
  }

  private static FileUsageJournal open(
      Path directory, JournalSettings settings, int segmentBytes, List<JournalState> states)
      throws IOException {
    Files.createDirectories(directory);
    DirectoryLock lock = DirectoryLock.take(directory);
    try {
      return open(
          JournalStorage.directory(directory), lock::release, settings, segmentBytes, states);
    } catch (Throwable failure) {
      lock.release();
      throw failure;
    }
  }

  /**
   * Opens the journal that is in a storage, or begins one.
   *
   * @param release called when it has been closed
   */
  static FileUsageJournal open(
      JournalStorage storage,
      Runnable release,
      JournalSettings settings,
      int segmentBytes,
      List<JournalState> states)
      throws IOException {
    SegmentDirectory segments = new SegmentDirectory(storage);
    if (segments.files().isEmpty()) {
      segments.create(UUID.randomUUID(), 1, segmentBytes, () -> {});
    }
    Recovery.Result found = new Recovery(states).run(segments);
    warnOf(found);
    FileUsageJournal journal =
        new FileUsageJournal(release, segments, found, settings, segmentBytes);
    journal.thread.start();
    return journal;
  }

  private static int size(int usual, int atLeast) {
    return Math.max(usual, (atLeast + 4095) & ~4095);
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
   *
   * <p>With {@code POWER} it waits for an fsync, up to 30 s, and answers 0 where that does not
   * come: then the event is not acknowledged, and may be there after a restart or not.
   */
  @Override
  public long append(UsageEvent event) {
    long sequence = appender.append(event);
    if (sequence > 0 && durability == Durability.POWER && !thread.awaitSynced(sequence)) {
      return appender.unacknowledged();
    }
    return sequence;
  }

  /**
   * How many events could not be written, or not be made durable where that was waited for: must be
   * 0. The first one was logged as an error.
   */
  public long lost() {
    return appender.lost();
  }

  @Override
  public void close() {
    appender.close();
    thread.close();
    release.run();
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

  /** Sequence of the last record. */
  long appended() {
    return appender.extent().sequence();
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
    return new EventReader(id, segments, index);
  }
}
