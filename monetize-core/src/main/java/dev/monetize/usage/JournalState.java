// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Something that is known by reading a journal from its first record on: totals, ids seen, notices
 * given. The same records make the same state.
 *
 * <p>A journal restores the states that it is opened with: from its last checkpoint, and from the
 * records behind that. It makes a checkpoint from {@link #fresh} states, of the former checkpoint
 * and the records since, never from those in use: so a checkpoint is exactly what a restart would
 * have read, and taking one stops nobody.
 *
 * <p>The journal's calls come from one thread at a time, in the order of the records.
 */
public interface JournalState {

  /** Names its part of a checkpoint, for ever: lower-case letters and {@code -}. */
  String name();

  /** An empty one of the same kind, with the same settings. */
  JournalState fresh();

  /** Takes an event. */
  void event(long sequence, UsageEvent event);

  /** Takes a note; those that are another state's begin with another name. */
  default void note(long sequence, byte[] note) {}

  /** Writes all of it. */
  void write(DataOutput to) throws IOException;

  /**
   * Takes what {@link #write} wrote, into an empty one.
   *
   * @throws IOException if that is of a later version, or no state of this kind
   */
  void read(DataInput from) throws IOException;
}
