// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.time.Duration;

/** A journal as it is read back, by sinks and for questions. Thread-safe. */
public interface UsageLog {

  /**
   * Sequence of the last event that is durable, 0 if there is none: up to here events may be read,
   * and come to stay. It only grows. A cheap read.
   */
  long durable();

  /**
   * Makes durable all that was appended before.
   *
   * @throws IOException if that is not so when the time is over, or never will be
   */
  void sync(Duration atMost) throws IOException, InterruptedException;

  /**
   * Waits until what was appended by anyone before the call, on other instances too, is in the
   * states that the journal was opened with.
   *
   * @return false if that is not so when the time is over, as where the journal is away
   */
  default boolean catchUp(Duration atMost) throws InterruptedException {
    return true;
  }

  /**
   * Has somebody told when {@link #durable} has grown, on any thread, that of {@link
   * UsageJournal#append} too: it returns at once.
   */
  void onDurable(Runnable listener);

  /** A reader, for one thread. */
  EventReader reader();
}
