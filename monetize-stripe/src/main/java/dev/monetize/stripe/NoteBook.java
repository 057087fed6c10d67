// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.usage.JournalFactory;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A state that lasts, in a journal of its own that holds nothing but the notes it is made of.
 * Thread-safe; whoever looks at the state and writes by what it says holds its lock meanwhile.
 */
final class NoteBook<S extends JournalState> implements AutoCloseable {

  private final UsageJournal journal;
  private final S state;
  private final String what;

  private NoteBook(UsageJournal journal, S state, String what) {
    this.journal = journal;
    this.state = state;
    this.what = what;
  }

  /**
   * Opens it.
   *
   * @param state an empty one
   * @param what names it in messages
   * @throws IOException if it cannot be read, or is in use, or other processes write to it too:
   *     each note counts once here, and such a journal tells its states of ours as well
   */
  static <S extends JournalState> NoteBook<S> open(
      JournalFactory factory, InstantSource clock, S state, String what) throws IOException {
    UsageJournal journal = factory.open(clock, List.of(state));
    if (journal.shared()) {
      journal.close();
      throw new IOException(
          what + " needs a journal that no other process writes to, such as the one in files");
    }
    return new NoteBook<>(journal, state, what);
  }

  UUID id() {
    return journal.id();
  }

  /**
   * Writes a note down, and has the state know it; it is durable when {@link #sync} has returned.
   *
   * @throws IOException if it could not be written: the state is as it was
   */
  synchronized void write(byte[] note, Consumer<S> apply) throws IOException {
    if (journal.note(note) <= 0) {
      throw new IOException(what + " takes nothing: its disk is full or fails");
    }
    apply.accept(state);
  }

  /** Returns when all that was written before is durable. */
  void sync() throws IOException, InterruptedException {
    journal.sync(UsageJournal.SYNC_PATIENCE);
  }

  /** Looks at what it holds. */
  synchronized <T> T look(Function<S, T> at) {
    return at.apply(state);
  }

  @Override
  public void close() {
    journal.close();
  }
}
