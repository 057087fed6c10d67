// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.usage.FileUsageJournal;
import dev.monetize.usage.JournalFactory;
import dev.monetize.usage.JournalSettings;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A state that lasts, in a journal of its own that holds nothing but the notes it is made of. All
 * instances that share such a journal have the same state, each a little later than it was written;
 * {@link #sync} tells when. Thread-safe.
 */
final class NoteBook<S extends JournalState> implements AutoCloseable {

  private static final int SEGMENT_BYTES = 1 << 20;

  private final UsageJournal journal;
  private final GuardedState<S> state;
  private final String what;
  private final Turn turn;

  private NoteBook(UsageJournal journal, GuardedState<S> state, String what) {
    this.journal = journal;
    this.state = state;
    this.what = what;
    this.turn = new Turn(journal.claims(), state.name());
  }

  /**
   * Opens it.
   *
   * @param state an empty one
   * @param what names it in messages
   * @throws IOException if it cannot be read, or is in use
   */
  static <S extends JournalState> NoteBook<S> open(
      JournalFactory factory, InstantSource clock, S state, String what) throws IOException {
    GuardedState<S> guarded = new GuardedState<>(state);
    return new NoteBook<>(factory.open(clock, List.of(guarded)), guarded, what);
  }

  /** Keeps such a journal in files, in a directory of its own. */
  static JournalFactory inFiles(Path directory) {
    Objects.requireNonNull(directory, "directory");
    return (time, states) ->
        FileUsageJournal.open(
            directory, JournalSettings.on(time).segmentBytes(SEGMENT_BYTES), states);
  }

  UUID id() {
    return journal.id();
  }

  /** What only one of the instances does by this book. */
  Turn turn() {
    return turn;
  }

  /**
   * Writes a note down; it is durable, and known to the state, when {@link #sync} has returned.
   *
   * @param apply tells the state of it, where the journal does not
   * @throws IOException if it could not be written: the state is as it was
   */
  void write(byte[] note, Consumer<S> apply) throws IOException {
    if (journal.shared()) {
      require(journal.note(note));
    } else {
      state.change(
          to -> {
            require(journal.note(note));
            apply.accept(to);
          });
    }
  }

  /**
   * The same, if it is still this instance's {@link #turn}.
   *
   * @throws Turn.Over if it is not
   */
  void writeInTurn(byte[] note, Consumer<S> apply) throws IOException {
    if (!journal.shared()) {
      write(note, apply);
    } else if (journal.noteInTurn(note, turn.name(), turn.number()) == 0) {
      if (!journal.accepting()) {
        throw new IOException(what + " takes nothing: Redis is full or away");
      }
      throw new Turn.Over(what + " is another instance's to go on with");
    }
  }

  private void require(long sequence) throws IOException {
    if (sequence == 0 || (sequence < 0 && !journal.shared())) {
      throw new IOException(what + " takes nothing: its disk is full or fails");
    }
  }

  /** Returns when all that was written before is durable, and known. */
  void sync() throws IOException, InterruptedException {
    journal.sync(UsageJournal.SYNC_PATIENCE);
  }

  /** Returns when all that was written before is known, durable or not. */
  void known() throws IOException, InterruptedException {
    if (journal.shared()) {
      sync();
    }
  }

  /** Looks at what it holds. */
  <T> T look(Function<S, T> at) {
    return state.look(at);
  }

  @Override
  public void close() {
    journal.close();
  }
}
