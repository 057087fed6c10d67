// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.JournalSettings.Durability;
import dev.monetize.usage.JournalSettings.OnDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
 * <p><b>Opening</b> restores the {@link JournalState}s from the last checkpoint and the records
 * behind it, each of which is checked. A torn tail is cut off and logged; anything else that is not
 * as it was written is refused with a {@link JournalDamagedException}, or, if {@link
 * JournalSettings.OnDamage#CONTINUE} is set, gone on from. Older segments are not read, or a start
 * would take longer each day: damage in those is told to whoever asks for their events, and {@link
 * JournalLook} finds it. A second opener is refused, of this process or another.
 *
 * <p><b>Room.</b> One segment is always made in advance. While that takes longer than filling the
 * present one, {@link #append} waits for it, up to 10 s. When the disk cannot give it, {@link
 * #accepting} turns false at three quarters of the present one, so that calls in flight, and the
 * marks of sinks, have the last quarter (4 MiB by default, about 20,000 events). It is tried each
 * second, and {@link #accepting} turns true by itself when there is room again.
 *
 * <p><b>A failed fsync</b> is never tried again, because the next one succeeds although the bytes
 * are gone. What was not durable yet is written once more, into a fresh segment. Only where that
 * fails too, {@link #accepting} turns false for good, and the process must be restarted.
 *
 * <p><b>Checkpoints.</b> When a segment has been filled, what all records come to is saved now and
 * then, in the background, so that a restart reads only what is newer. A segment is deleted after
 * that, if every sink that was not given up has been sent all of it, and its events were settled
 * longer ago than the retention.
 */
public final class FileUsageJournal implements UsageJournal {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  private final UUID id;
  private final Runnable release;
  private final Durability durability;
  private final SegmentDirectory segments;
  private final SegmentIndex index;
  private final Appender appender;
  private final Checkpoints checkpoints;
  private final SpareMaker spares;
  private final JournalThread thread;
  private final Map<String, SinkProgress> sinks;
  private final List<JournalGap> gaps;

  private FileUsageJournal(
      JournalStorage storage,
      Runnable release,
      SegmentDirectory segments,
      Fold fold,
      Recovery.Result found,
      JournalSettings settings,
      int segmentBytes) {
    this.release = release;
    this.durability = settings.durability();
    this.segments = segments;
    this.id = found.segments().get(0).journal();
    this.index = new SegmentIndex(found.bases());
    this.sinks = new ConcurrentHashMap<>(fold.sinks());
    this.gaps = fold.gaps();
    this.appender = new Appender(found, index, new KeptRecords(KeptRecords.MOST_BYTES), this::wake);
    this.checkpoints =
        new Checkpoints(
            storage,
            id,
            cursor(),
            fold.fresh(),
            new Retention(
                storage, segments, index, cursor(), settings.retention(), settings.clock()),
            sinks,
            settings.checkpointEvery());
    this.spares =
        new SpareMaker(
            appender,
            (number, atLeast) -> segments.create(id, number, size(segmentBytes, atLeast)));
    this.thread = new JournalThread(appender, spares, checkpoints::filled, settings.syncEvery());
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
    Fold fold = new Fold(states);
    SegmentDirectory segments = new SegmentDirectory(storage);
    List<String> strays = new ArrayList<>();
    if (segments.files(strays).isEmpty()
        && (strays.isEmpty() || settings.onDamage() == OnDamage.CONTINUE)) {
      begin(storage, segments, segmentBytes);
    }
    storage.sync(); // names that a former process gave, and did not live to make durable
    Recovery.Result found = new Opening(storage, segments, fold, settings.onDamage()).run();
    warnOf(found, fold.gaps());
    FileUsageJournal journal =
        new FileUsageJournal(storage, release, segments, fold, found, settings, segmentBytes);
    journal.thread.start();
    journal.spares.start();
    journal.checkpoints.start();
    return journal;
  }

  private static void begin(JournalStorage storage, SegmentDirectory segments, int segmentBytes)
      throws IOException {
    if (storage.names().contains(Checkpoint.FILE)) {
      throw JournalDamagedException.refused(Checkpoint.FILE, "it is there, but no segment is");
    }
    segments.create(UUID.randomUUID(), 1, segmentBytes);
  }

  private static int size(int usual, int atLeast) {
    return Math.max(usual, (atLeast + 4095) & ~4095);
  }

  private static void warnOf(Recovery.Result found, List<JournalGap> gaps) {
    if (!gaps.isEmpty()) {
      log.warn(
          "{}: damage was gone on from: {} lost, at most. They are in no total and no batch;"
              + " quarantine/ holds what is left of the files",
          found.segments().get(0).file(),
          gaps);
    }
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
    spares.wake();
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
    return acknowledged(appender.append(event));
  }

  private long acknowledged(long sequence) {
    if (sequence > 0 && durability == Durability.POWER && !thread.awaitSynced(sequence)) {
      appender.unacknowledged();
      return -sequence;
    }
    return sequence;
  }

  @Override
  public long lost() {
    return appender.lost();
  }

  /** {@inheritDoc} Only where it was damaged, and told to go on. */
  @Override
  public List<JournalGap> gaps() {
    return gaps;
  }

  @Override
  public long note(byte[] note) {
    if (note.length > MOST_NOTE_BYTES) {
      throw new IllegalArgumentException(
          "a note must have at most " + MOST_NOTE_BYTES + " bytes, got " + note.length);
    }
    return acknowledged(appender.append(note));
  }

  /**
   * Makes a checkpoint of all that is durable now, on the calling thread, if there is none that
   * reaches as far: a restart begins with it. One is made by itself now and then.
   *
   * @throws IOException if it could not be made; the former one is still good. Or what is past its
   *     retention could not be deleted
   */
  public void checkpoint() throws IOException {
    checkpoints.make(thread.synced());
  }

  @Override
  public void close() {
    appender.close();
    checkpoints.close();
    spares.close();
    thread.close();
    release.run();
  }

  @Override
  public Map<String, SinkProgress> sinks() {
    return Map.copyOf(sinks);
  }

  @Override
  public SinkProgress progress(String sink) {
    return sinks.computeIfAbsent(sink, name -> SinkProgress.NEW).from(index.first());
  }

  @Override
  public long mark(SinkMark mark) {
    long sequence = appender.append(mark);
    if (sequence > 0) {
      mark.into(sinks);
    }
    return sequence;
  }

  @Override
  public void sync(Duration atMost) throws IOException, InterruptedException {
    thread.awaitSynced(appender.extent().sequence(), atMost);
  }

  /** Whether appending waits for the next segment. */
  boolean waitsForRoom() {
    return appender.waitsForRoom();
  }

  /** Sequence of the last record. */
  long appended() {
    return appender.extent().sequence();
  }

  @Override
  public long durable() {
    return thread.syncedEvent();
  }

  @Override
  public void onDurable(Runnable listener) {
    thread.onSync(listener);
  }

  SegmentIndex index() {
    return index;
  }

  @Override
  public EventReader reader() {
    return new SegmentReader(id, cursor());
  }

  private RecordCursor cursor() {
    return new RecordCursor(id, segments, index);
  }
}
