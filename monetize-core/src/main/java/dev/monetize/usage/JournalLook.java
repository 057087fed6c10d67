// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads a journal as a start would, and changes nothing. */
final class JournalLook {

  private final Path directory;

  JournalLook(Path directory) {
    this.directory = directory;
  }

  /** Is given what there is, in the order of the journal. */
  interface Viewer {

    void event(RecordedEvent event) throws IOException;

    void note(long sequence, byte[] note) throws IOException;
  }

  /**
   * What there was.
   *
   * @param records the last one's sequence
   * @param gaps which are lost
   * @param torn bytes that a start would cut off, because they were being written when the process
   *     or the machine stopped
   */
  record Found(
      UUID journal,
      int segments,
      long records,
      long torn,
      List<JournalGap> gaps,
      Map<String, SinkProgress> sinks) {}

  /**
   * Reads all of it, and checks every record.
   *
   * @throws JournalDamagedException if it is not as it was written
   */
  Found read(Viewer viewer) throws IOException {
    JournalStorage storage = new ReadOnlyStorage(directory);
    SegmentDirectory segments = new SegmentDirectory(storage);
    if (segments.files().isEmpty()) {
      throw new IOException(directory + " holds no journal: files are named usage-*.journal");
    }
    UUID id = segments.openToRead(segments.files().firstEntry().getValue()).journal();
    Shown shown = new Shown(id, viewer);
    Fold fold = new Fold(List.of(shown));
    Checkpoint checkpoint = Checkpoint.read(storage, id);
    if (checkpoint != null) {
      fold.restore(checkpoint);
    }
    Recovery.Result found = new Recovery(fold).run(segments);
    if (shown.failure != null) {
      throw shown.failure;
    }
    return new Found(
        id,
        found.segments().size(),
        found.nextSequence() - 1,
        found.torn() == null ? 0 : found.torn().bytes(),
        fold.gaps(),
        fold.sinks());
  }

  /** A state that no checkpoint knows, so that it is given everything. */
  private static final class Shown implements JournalState {

    private final UUID journal;
    private final Viewer viewer;
    private @Nullable IOException failure;

    Shown(UUID journal, Viewer viewer) {
      this.journal = journal;
      this.viewer = viewer;
    }

    @Override
    public String name() {
      return "shown";
    }

    @Override
    public JournalState fresh() {
      return new Shown(journal, viewer);
    }

    @Override
    public void event(long sequence, UsageEvent event) {
      try {
        viewer.event(new RecordedEvent(journal, sequence, event));
      } catch (IOException e) {
        failure = e;
      }
    }

    @Override
    public void note(long sequence, byte[] note) {
      try {
        viewer.note(sequence, note);
      } catch (IOException e) {
        failure = e;
      }
    }

    @Override
    public void write(DataOutput to) {}

    @Override
    public void read(DataInput from) {}
  }
}
