// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Hears notes, as text. */
record NoteState(List<String> heard) implements JournalState {

  @Override
  public String name() {
    return "heard";
  }

  @Override
  public JournalState fresh() {
    return new NoteState(new ArrayList<>());
  }

  @Override
  public void event(long sequence, UsageEvent event) {}

  @Override
  public void note(long sequence, byte[] note) {
    heard.add(new String(note, StandardCharsets.UTF_8));
  }

  @Override
  public void write(DataOutput to) {}

  @Override
  public void read(DataInput from) {}
}
