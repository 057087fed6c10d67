// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.Remains.Header;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a journal that is damaged one that can be gone on with. All of it is read, and what every
 * segment becomes is decided, before anything is changed. Then
 *
 * <ol>
 *   <li>damaged files are copied to {@code quarantine/},
 *   <li>the checkpoint is told of gaps before its end,
 *   <li>each damaged segment is replaced, as a whole, by one that keeps its readable records under
 *       their sequences, and has a GAP where others are missing.
 * </ol>
 *
 * <p>What a segment becomes follows from the others as much before they are replaced as after. So a
 * run that was broken off anywhere is finished by the next one, with the same outcome.
 */
final class Salvage {

  private static final Logger log = LoggerFactory.getLogger(FileUsageJournal.class);

  /** Segments that may be missing in a row: with more, a name is wrong rather than files gone. */
  private static final int MOST_MISSING = 1000;

  private final JournalStorage storage;
  private final SegmentDirectory directory;
  private final RecordFrame frame;
  private final TreeMap<Long, Segment> files = new TreeMap<>();
  private final TreeMap<Long, Segment> whole = new TreeMap<>();
  private final List<String> strays = new ArrayList<>();
  private @Nullable Checkpoint checkpoint;

  Salvage(JournalStorage storage, SegmentDirectory directory, RecordFrame frame) {
    this.storage = storage;
    this.directory = directory;
    this.frame = frame;
  }

  /**
   * Does it, or as much as can be.
   *
   * @return what is lost
   * @throws JournalDamagedException if something is not this journal's, or of a later version
   */
  List<JournalGap> run() throws IOException {
    open();
    if (whole.isEmpty()) {
      return List.of(); // nobody knows whose records these are
    }
    UUID journal = whole.firstEntry().getValue().journal();
    List<Remains> segments = remains(journal);
    readCheckpoint(journal);
    long saved = checkpoint == null ? 0 : checkpoint.sequence();
    List<JournalGap> lost = new SalvageWalk(frame, saved).run(segments);
    quarantine(segments);
    tellCheckpoint(journal, lost);
    for (Remains segment : segments) {
      if (segment.isReplaced()) {
        directory.put(segment.number(), segment::write);
      }
    }
    log.warn("the damaged journal goes on; lost are {}", lost);
    return lost;
  }

  /** Opens all files. One that has another number within than in its name is a stray one. */
  private void open() throws IOException {
    for (Map.Entry<Long, String> file : directory.files(strays).entrySet()) {
      long number = file.getKey();
      JournalFile legible = LegibleFile.of(storage.openToRead(file.getValue()));
      Segment segment = Segment.unchecked(file.getValue(), legible);
      if (segment.isWhole()) {
        checkJournal(segment);
        whole.put(number, segment);
      }
      if (segment.isWhole() && segment.number() != number) {
        strays.add(segment.name());
      } else {
        files.put(number, segment);
      }
    }
  }

  private void checkJournal(Segment segment) throws JournalDamagedException {
    for (Segment other : whole.values()) {
      Recovery.checkJournal(segment, other.journal());
    }
  }

  private List<Remains> remains(UUID journal) {
    List<Remains> remains = new ArrayList<>();
    int usual = files.values().stream().mapToInt(Segment::size).max().orElse(0);
    long first = files.isEmpty() ? 1 : files.firstKey();
    long last = files.isEmpty() ? 1 : files.lastKey();
    if (last - first > (long) files.size() + MOST_MISSING) {
      return remains;
    }
    for (long number = first; number <= last; number++) {
      Segment segment = files.getOrDefault(number, Segment.missing(number));
      Header header = whole.get(number) == segment ? Header.WHOLE : Header.DAMAGED;
      remains.add(new Remains(journal, number, segment, header, usual, frame));
    }
    return remains;
  }

  private void readCheckpoint(UUID journal) throws IOException {
    try {
      checkpoint = Checkpoint.read(storage, journal);
    } catch (Checkpoint.Unreadable e) {
      strays.add(Checkpoint.FILE);
    }
  }

  private void quarantine(List<Remains> segments) throws IOException {
    for (Remains segment : segments) {
      if (segment.isReplaced() && files.containsKey(segment.number())) {
        log.warn("{} is damaged: kept as {}", segment.name(), directory.quarantine(segment.name()));
      }
    }
    for (String stray : strays) {
      log.warn("{} is damaged: moved to {}", stray, directory.moveToQuarantine(stray));
    }
  }

  /** What is lost before its end, no start would find by itself. */
  private void tellCheckpoint(UUID journal, List<JournalGap> lost) throws IOException {
    Checkpoint told = checkpoint;
    if (told != null && lost.stream().anyMatch(gap -> gap.first() <= told.sequence())) {
      Fold copy = told.copy();
      lost.forEach(copy::lost);
      Checkpoint.write(storage, journal, told.sequence(), copy, () -> false);
      storage.sync();
    }
  }
}
