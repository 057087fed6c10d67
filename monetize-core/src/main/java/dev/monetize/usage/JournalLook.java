// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.JournalSettings.OnDamage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Reads a journal as a start would, and changes nothing: for an audit, a dispute, a copy in another
 * place. It takes no lock, and needs to be allowed to read only. An app may go on writing into it;
 * what is seen is the journal as it was at one moment.
 *
 * <pre>{@code
 * JournalLook.Found found =
 *     new JournalLook(Path.of("monetize-data/journal"))
 *         .read(recorded -> System.out.println(recorded.toJson()));
 * }</pre>
 */
public final class JournalLook {

  private final Path directory;

  /** At a directory with a journal: {@code journal} in an app's data directory. */
  public JournalLook(Path directory) {
    this.directory = directory;
  }

  /** Is given what there is, in the order of the journal. */
  @FunctionalInterface
  public interface Viewer {

    /** Takes an event. What it throws ends the reading. */
    void event(RecordedEvent event) throws IOException;

    /** Takes a note that the engine made for itself: which notices were given, which ids known. */
    default void note(long sequence, byte[] note) throws IOException {}
  }

  /**
   * What there was.
   *
   * @param first sequence of the first record; those before it are no longer kept
   * @param records sequence of the last record
   * @param gaps what is lost, and was gone on without
   * @param torn bytes behind it that are no whole record: an app is writing it, or a stop tore it,
   *     and a start cuts it off
   * @param sinks by name
   */
  public record Found(
      UUID journal,
      int segments,
      long first,
      long records,
      List<JournalGap> gaps,
      long torn,
      Map<String, Sink> sinks) {

    public Found {
      gaps = List.copyOf(gaps);
      sinks = Collections.unmodifiableMap(new TreeMap<>(sinks));
    }
  }

  /**
   * How far a sink is.
   *
   * @param sent sequence up to which it has everything, but for what was put aside
   * @param parked how many batches were put aside
   * @param givenUp whether nothing is owed to it
   */
  public record Sink(long sent, int parked, boolean givenUp) {}

  /**
   * Reads all of it, and checks every record.
   *
   * @throws JournalDamagedException if it is not as it was written; the viewer was given what comes
   *     before the damage
   * @throws IOException if it cannot be read, or the viewer throws
   */
  public Found read(Viewer viewer) throws IOException {
    JournalStorage storage = ReadOnlyStorage.of(directory);
    SegmentDirectory segments = new SegmentDirectory(storage);
    if (segments.files().isEmpty()) {
      throw new IOException(
          directory
              + " holds no journal: files are named usage-*.journal, and lie in the directory"
              + " \"journal\" of an app's data directory");
    }
    UUID id = segments.openToRead(segments.files().firstEntry().getValue()).journal();
    Fold fold = new Fold(List.of(new Shown(id, viewer)));
    Recovery.Result found = new Opening(storage, segments, fold, OnDamage.REFUSE).look();
    Recovery.TornTail torn = found.torn();
    return new Found(
        id,
        found.segments().size(),
        found.bases().isEmpty() ? found.nextSequence() : found.bases().firstKey(),
        found.nextSequence() - 1,
        fold.gaps(),
        torn == null ? 0 : torn.bytes(),
        sinks(fold));
  }

  private static Map<String, Sink> sinks(Fold fold) {
    Map<String, Sink> sinks = new HashMap<>();
    fold.sinks()
        .forEach((name, p) -> sinks.put(name, new Sink(p.sent(), p.parked().size(), p.givenUp())));
    return sinks;
  }

  /** A state that no checkpoint knows, so that it is given everything. */
  private record Shown(UUID journal, Viewer viewer) implements JournalState {

    @Override
    public String name() {
      return "shown";
    }

    @Override
    public JournalState fresh() {
      return this;
    }

    @Override
    public void event(long sequence, UsageEvent event) {
      try {
        viewer.event(new RecordedEvent(journal, sequence, event));
      } catch (IOException | RuntimeException e) {
        throw stop(e);
      }
    }

    @Override
    public void note(long sequence, byte[] note) {
      try {
        viewer.note(sequence, note);
      } catch (IOException | RuntimeException e) {
        throw stop(e);
      }
    }

    /** A viewer that fails is no damage. */
    private static UncheckedIOException stop(Exception e) {
      return new UncheckedIOException(
          e instanceof IOException io ? io : new IOException("the viewer failed: " + e, e));
    }

    @Override
    public void write(DataOutput to) {}

    @Override
    public void read(DataInput from) {}
  }
}
