// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.OutboxEntry.Fate;
import dev.monetize.stripe.OutboxEntry.Folded;
import dev.monetize.stripe.OutboxEntry.Moved;
import dev.monetize.stripe.OutboxEntry.Sealed;
import dev.monetize.stripe.OutboxEntry.Use;
import dev.monetize.usage.JournalFactory;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Usage on its way to Stripe, in a journal of its own that holds nothing but notes: so it survives
 * what usage itself survives. Thread-safe.
 */
final class Outbox implements AutoCloseable {

  /** Room that is left in a note for what is not uses. */
  private static final int HEAD = 96;

  private static final int MOST_REASON = 500;

  private final NoteBook<OutboxState> notes;

  private Outbox(NoteBook<OutboxState> notes) {
    this.notes = notes;
  }

  static Outbox open(JournalFactory factory, InstantSource clock) throws IOException {
    return new Outbox(NoteBook.open(factory, clock, new OutboxState(), "the outbox"));
  }

  /** Names it, for ever and among all outboxes. */
  UUID id() {
    return notes.id();
  }

  /**
   * Takes a batch in, once, and returns when that is durable.
   *
   * @param uses what it comes to
   * @return false if it was there already
   * @throws IOException if it could not be written: nothing of it counts then
   */
  boolean fold(UsageBatch batch, List<Use> uses) throws IOException, InterruptedException {
    if (isIn(batch)) {
      return false;
    }
    for (Folded part : parts(batch, uses)) {
      write(part);
    }
    sync();
    if (!isIn(batch)) {
      throw new IOException("the outbox has lost a part of " + batch.id());
    }
    return true;
  }

  private boolean isIn(UsageBatch batch) {
    return batch.last() <= notes.look(state -> state.position(batch.journal()));
  }

  private static List<Folded> parts(UsageBatch batch, List<Use> uses) {
    UUID attempt = UUID.randomUUID();
    List<Folded> parts = new ArrayList<>();
    List<Use> room = new ArrayList<>();
    int bytes = HEAD;
    for (Use use : uses) {
      int size = size(use);
      if (bytes + size > UsageJournal.MOST_NOTE_BYTES) {
        parts.add(new Folded(batch.journal(), batch.last(), attempt, parts.size(), false, room));
        room.clear();
        bytes = HEAD;
      }
      room.add(use);
      bytes += size;
    }
    parts.add(new Folded(batch.journal(), batch.last(), attempt, parts.size(), true, room));
    return parts;
  }

  /** At most: each character takes up to three bytes. */
  private static int size(Use use) {
    return 36 + 3 * (use.window().customer().length() + use.window().meter().length());
  }

  /** Cuts use into items, and returns when that is durable. */
  void seal(Sealed what) throws IOException, InterruptedException {
    write(what);
    sync();
  }

  /**
   * Writes down what somebody decided of an item; it is durable when {@link #sync} has returned.
   */
  void decide(Fate fate, long second, OutboxItem item) throws IOException {
    String issue = fate == Fate.RELEASED ? Integer.toString(item.issue()) : "";
    write(new Moved(fate, item.number(), second, issue));
  }

  /**
   * Writes down what became of an item, in the turn of whoever sends; it is durable when {@link
   * #sync} has returned.
   */
  void move(Fate fate, long second, String reason, long number) throws IOException {
    String why = reason.substring(0, Math.min(reason.length(), MOST_REASON));
    OutboxEntry moved = new Moved(fate, number, second, why);
    notes.writeInTurn(moved.toBytes(), state -> state.apply(moved));
  }

  private void write(OutboxEntry entry) throws IOException {
    notes.write(entry.toBytes(), state -> state.apply(entry));
  }

  /** Returns when all that was written before is durable. */
  void sync() throws IOException, InterruptedException {
    notes.sync();
  }

  /** Returns when all that was written before is known, durable or not. */
  void known() throws IOException, InterruptedException {
    notes.known();
  }

  /** Who sends, of the instances that share the outbox. */
  Turn turn() {
    return notes.turn();
  }

  /** Looks at what it holds. */
  <T> T look(Function<OutboxState, T> at) {
    return notes.look(at);
  }

  @Override
  public void close() {
    notes.close();
  }
}
