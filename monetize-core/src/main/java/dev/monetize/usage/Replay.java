// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Takes the events of a journal, when it is opened. */
@FunctionalInterface
interface Replay {

  /** Takes the next event, in the order of the journal. */
  void event(long sequence, UsageEvent event);

  /** As a state that cannot be saved: a journal with one makes no checkpoint. */
  static JournalState state(Replay replay) {
    return new JournalState() {
      @Override
      public String name() {
        return "replay";
      }

      @Override
      public JournalState fresh() {
        return state((sequence, event) -> {});
      }

      @Override
      public void event(long sequence, UsageEvent event) {
        replay.event(sequence, event);
      }

      @Override
      public void write(DataOutput to) throws IOException {
        throw new IOException("a replay cannot be saved");
      }

      @Override
      public void read(DataInput from) throws IOException {
        throw new IOException("a replay cannot be restored");
      }
    };
  }
}
