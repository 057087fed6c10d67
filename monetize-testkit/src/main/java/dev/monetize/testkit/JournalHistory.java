// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** A state that remembers every record it is given, by its sequence. Not thread-safe. */
final class JournalHistory implements JournalState {

  private final TreeMap<Long, JournalRecord> records = new TreeMap<>();

  Map<Long, JournalRecord> records() {
    return records;
  }

  @Override
  public String name() {
    return "history";
  }

  @Override
  public JournalHistory fresh() {
    return new JournalHistory();
  }

  @Override
  public void event(long sequence, UsageEvent event) {
    add(sequence, new JournalRecord.Event(event));
  }

  @Override
  public void note(long sequence, byte[] note) {
    add(sequence, new JournalRecord.Note(note));
  }

  private void add(long sequence, JournalRecord record) {
    if (!records.isEmpty() && sequence <= records.lastKey()) {
      throw new AssertionError("record " + sequence + " came after " + records.lastKey());
    }
    records.put(sequence, record);
  }

  @Override
  public void write(DataOutput to) throws IOException {
    to.writeInt(records.size());
    for (Map.Entry<Long, JournalRecord> record : records.entrySet()) {
      byte[] bytes = record.getValue().toBytes();
      to.writeLong(record.getKey());
      to.writeInt(bytes.length);
      to.write(bytes);
    }
  }

  @Override
  public void read(DataInput from) throws IOException {
    for (int left = from.readInt(); left > 0; left--) {
      long sequence = from.readLong();
      byte[] bytes = new byte[from.readInt()];
      from.readFully(bytes);
      add(sequence, JournalRecord.of(bytes));
    }
  }
}
