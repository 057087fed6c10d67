// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts events by customer, and keeps notes. */
final class CountedUse implements JournalState {

  final Map<String, Integer> counts = new TreeMap<>();
  final List<String> notes = new ArrayList<>();
  private final String name;

  /** How many events it was given, those of a checkpoint not among them. */
  int given;

  CountedUse(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public JournalState fresh() {
    return new CountedUse(name);
  }

  @Override
  public void event(long sequence, UsageEvent event) {
    counts.merge(event.customer(), 1, Integer::sum);
    given++;
  }

  @Override
  public void note(long sequence, byte[] note) {
    notes.add(sequence + " " + new String(note, StandardCharsets.UTF_8));
  }

  @Override
  public void write(DataOutput to) throws IOException {
    to.writeInt(counts.size());
    for (Map.Entry<String, Integer> count : counts.entrySet()) {
      to.writeUTF(count.getKey());
      to.writeInt(count.getValue());
    }
    to.writeInt(notes.size());
    for (String note : notes) {
      to.writeUTF(note);
    }
  }

  @Override
  public void read(DataInput from) throws IOException {
    for (int i = from.readInt(); i > 0; i--) {
      counts.put(from.readUTF(), from.readInt());
    }
    for (int i = from.readInt(); i > 0; i--) {
      notes.add(from.readUTF());
    }
  }
}
