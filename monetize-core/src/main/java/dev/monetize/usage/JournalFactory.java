// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;

/** Opens a journal that is kept elsewhere than in the data directory. */
@FunctionalInterface
public interface JournalFactory {

  /**
   * Opens the journal, or begins one.
   *
   * @param states restored from what there is, on the calling thread, before this returns; they are
   *     the same ones at each start, and empty
   * @throws IOException if it cannot be read, or is in use
   */
  UsageJournal open(InstantSource clock, List<JournalState> states) throws IOException;

  /**
   * Whether its journals know the ids of usage from elsewhere themselves ({@link
   * UsageJournal#identities}), and need no {@link RecordedIds}.
   */
  default boolean knowsIds() {
    return false;
  }
}
