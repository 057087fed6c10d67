// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.BillingEntry.Received;
import dev.monetize.usage.JournalFactory;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/**
 * What is known of Stripe's customers, in a journal of its own that holds nothing but notes: what
 * was written is durable. Thread-safe.
 */
final class BillingBook implements AutoCloseable {

  private final UsageJournal journal;
  private final BillingState state;

  private BillingBook(UsageJournal journal, BillingState state) {
    this.journal = journal;
    this.state = state;
  }

  static BillingBook open(JournalFactory factory, InstantSource clock) throws IOException {
    BillingState state = new BillingState();
    return new BillingBook(factory.open(clock, List.of(state)), state);
  }

  /**
   * Takes an event in, once, and returns when that is durable.
   *
   * @return false if it was there already
   */
  boolean receive(InboxEvent event) throws IOException {
    boolean fresh;
    synchronized (this) {
      fresh = !state.isKnown(event.id());
      if (fresh) {
        append(new Received(event));
      }
    }
    sync(); // for one that is known too: it may have come a moment ago
    return fresh;
  }

  /** Writes down what was learnt, and returns when that is durable. */
  void write(BillingEntry... entries) throws IOException {
    synchronized (this) {
      for (BillingEntry entry : entries) {
        append(entry);
      }
    }
    sync();
  }

  private void append(BillingEntry entry) throws IOException {
    if (journal.note(entry.toBytes()) <= 0) {
      throw new IOException("the journal of billing takes nothing: its disk is full or fails");
    }
    state.apply(entry);
  }

  private void sync() throws IOException {
    try {
      journal.sync(UsageJournal.SYNC_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failed = new InterruptedIOException("interrupted while writing");
      failed.initCause(e);
      throw failed;
    }
  }

  /** Looks at what is known. */
  synchronized <T> T look(Function<BillingState, T> at) {
    return at.apply(state);
  }

  @Override
  public void close() {
    journal.close();
  }
}
