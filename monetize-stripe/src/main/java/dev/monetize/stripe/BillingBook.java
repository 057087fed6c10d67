// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.BillingEntry.Received;
import dev.monetize.usage.JournalFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * What is known of Stripe's customers, in a journal of its own that holds nothing but notes: what
 * was written is durable. Thread-safe.
 */
final class BillingBook implements AutoCloseable {

  private final NoteBook<BillingState> notes;

  private BillingBook(NoteBook<BillingState> notes) {
    this.notes = notes;
  }

  static BillingBook open(JournalFactory factory, InstantSource clock) throws IOException {
    return new BillingBook(
        NoteBook.open(factory, clock, new BillingState(), "the journal of billing"));
  }

  /**
   * Takes an event in, once, and returns when that is durable.
   *
   * @return false if it was there already
   */
  boolean receive(InboxEvent event) throws IOException {
    boolean fresh = notes.look(state -> !state.isKnown(event.id()));
    if (fresh) {
      append(new Received(event)); // twice, where two come at once: the state takes one
    }
    sync(); // for one that is known too: it may have come a moment ago
    return fresh;
  }

  /** Writes down what was learnt, and returns when that is durable. */
  void write(BillingEntry... entries) throws IOException {
    for (BillingEntry entry : entries) {
      append(entry);
    }
    sync();
  }

  private void append(BillingEntry entry) throws IOException {
    notes.write(entry.toBytes(), state -> state.apply(entry));
  }

  private void sync() throws IOException {
    try {
      notes.sync();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failed = new InterruptedIOException("interrupted while writing");
      failed.initCause(e);
      throw failed;
    }
  }

  /** Who deals with what came, of the instances that share the book. */
  Turn turn() {
    return notes.turn();
  }

  /** Looks at what is known. */
  <T> T look(Function<BillingState, T> at) {
    return notes.look(at);
  }

  @Override
  public void close() {
    notes.close();
  }
}
