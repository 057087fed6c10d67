// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.UUID;

/**
 * The truth about usage: a log of events that appending makes lasting. The ledger and every sink
 * are derived from it. Implementations are thread-safe; interrupts do them no harm.
 */
public interface UsageJournal extends AutoCloseable {

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
   * @return the event's place in the journal, at least 1; 0 if it could not be written; the place
   *     negated if it was, but whether it lasts is unknown
   */
  long append(UsageEvent event);

  /** Makes everything durable and lets the journal go. */
  @Override
  void close();
}
