// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The truth about usage: a log of events that appending makes lasting. The ledger and every sink
 * are derived from it. {@link FileUsageJournal} keeps it in a directory; another implementation may
 * keep it elsewhere, opened by a {@link JournalFactory}.
 *
 * <p><b>Records.</b> Besides events it holds notes, which its {@link JournalState}s make for
 * themselves, and the marks of sinks. All have sequences from one count, each used once, for ever:
 * also after a crash no sequence is given to another record, once somebody was told of it. A record
 * is found by its sequence, so that identity needs nothing else. {@link JournalRecord} turns them
 * into bytes and back.
 *
 * <p><b>Opening</b> gives all events and notes that are kept, in their order, to the states it is
 * opened with, and folds all marks into {@link SinkProgress}es. What was deleted by then is known
 * from what the states were saved as ({@link JournalState#write}).
 *
 * <p><b>Many instances</b> may share one, where it is {@link #shared}.
 *
 * <p><b>Failing.</b> Nothing here throws for a full disk or a far side that is away: calls must not
 * fail for it. What cannot be written is answered, counted, and logged.
 *
 * <p>Implementations are thread-safe; interrupts do them no harm. {@code UsageJournalContract} of
 * the test kit is what every implementation passes.
 */
public interface UsageJournal extends UsageLog, SinkBook, AutoCloseable {

  /** Most bytes of a note. */
  int MOST_NOTE_BYTES = 4096;

  /** How long is waited for what must be durable. */
  Duration SYNC_PATIENCE = Duration.ofSeconds(30);

  /** Names this journal, for ever and among all journals. */
  UUID id();

  /**
   * Whether there is room for the events of calls that are admitted now. Ask before a call is
   * served, and refuse it if not: a call that was served must find room. A cheap read.
   */
  boolean accepting();

  /**
   * Appends an event and returns its sequence. When it returns the event is lasting, in the sense
   * of the journal's durability. Never throws for reasons of input and output: where {@link
   * #accepting} was respected it does not fail, and what cannot be written all the same is counted
   * and logged.
   *
   * @return the event's place in the journal, at least 1; 0 if it could not be written; negative if
   *     it was, but whether it lasts is unknown by now: the place negated, where that is known
   */
  long append(UsageEvent event);

  /**
   * Appends a note, which each state is given at the next start. It lasts as an event does.
   *
   * @return as {@link #append}
   * @throws IllegalArgumentException if it has more than {@value #MOST_NOTE_BYTES} bytes
   */
  long note(byte[] note);

  /**
   * Appends a note, if it is still the turn of whoever writes it, by the {@link #claims} of this
   * journal: what an instance that was thought dead goes on to write is not taken.
   *
   * @param claim name of what is claimed
   * @param turn as {@link Claims#claim} gave it
   * @return as {@link #append}; also 0 if the turn is over
   */
  default long noteInTurn(byte[] note, String claim, long turn) {
    return note(note);
  }

  /**
   * Appends a note, and returns when it is durable, and all that was appended before it.
   *
   * @return false if it could not be written
   * @throws IOException if it did not become durable within half a minute
   */
  default boolean noteDurably(byte[] note) throws IOException, InterruptedException {
    boolean written = note(note) > 0;
    if (written) {
      sync(SYNC_PATIENCE);
    }
    return written;
  }

  /**
   * Writes down what became of a range on its way to a sink, and returns when that is durable.
   *
   * @throws IOException if it could not be written, or did not become durable within half a minute
   */
  default void markDurably(SinkMark mark) throws IOException, InterruptedException {
    if (mark(mark) <= 0) {
      throw new IOException(mark + " could not be written");
    }
    sync(SYNC_PATIENCE);
  }

  /**
   * Whether other instances write it too. Then it tells the states that it was opened with, on one
   * thread of its own, of everything that is appended while it is open, here or elsewhere, in the
   * order of the records. Else who appends an event tells them of it.
   */
  default boolean shared() {
    return false;
  }

  /**
   * Has somebody told of each event of a {@link #shared} journal, here or elsewhere, once the
   * states know it, on the thread that tells them: it returns at once.
   */
  default void onEvent(Consumer<UsageEvent> listener) {}

  /**
   * The ids of usage from elsewhere, where the journal knows them itself; else {@link RecordedIds}
   * do.
   */
  default Optional<IdentityLog> identities() {
    return Optional.empty();
  }

  /** What only one of the instances does that write it. */
  default Claims claims() {
    return Claims.ALL;
  }

  /**
   * How many events could not be written, or not be made durable where that was waited for: must be
   * 0. The first one was logged as an error.
   */
  default long lost() {
    return 0;
  }

  /** What is lost for good and was gone on from; all there ever was, in order. */
  default List<JournalGap> gaps() {
    return List.of();
  }

  /** Makes everything durable and lets the journal go. What comes later is not written. */
  @Override
  void close();
}
