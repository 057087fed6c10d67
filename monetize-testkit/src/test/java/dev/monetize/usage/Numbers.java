// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Knows all events of a journal, by their numbers in a pool, and notes, by -1 less theirs, in
 * order; goes into checkpoints.
 */
final class Numbers implements JournalState {

  private final EventPool pool;
  private final List<Integer> numbers = new ArrayList<>();
  private final List<Long> sequences = new ArrayList<>();

  Numbers(EventPool pool) {
    this.pool = pool;
  }

  List<Integer> numbers() {
    return numbers;
  }

  /** The events' numbers by their sequences. */
  Map<Long, Integer> bySequence() {
    TreeMap<Long, Integer> all = new TreeMap<>();
    for (int i = 0; i < numbers.size(); i++) {
      all.put(sequences.get(i), numbers.get(i));
    }
    return all;
  }

  @Override
  public String name() {
    return "numbers";
  }

  @Override
  public JournalState fresh() {
    return new Numbers(pool);
  }

  @Override
  public void event(long sequence, UsageEvent event) {
    numbers.add(pool.number(event));
    sequences.add(sequence);
  }

  @Override
  public void note(long sequence, byte[] note) {
    numbers.add(-1 - EventPool.number(note));
    sequences.add(sequence);
  }

  @Override
  public void write(DataOutput to) throws IOException {
    to.writeInt(numbers.size());
    for (int i = 0; i < numbers.size(); i++) {
      to.writeInt(numbers.get(i));
      to.writeLong(sequences.get(i));
    }
  }

  @Override
  public void read(DataInput from) throws IOException {
    for (int i = from.readInt(); i > 0; i--) {
      numbers.add(from.readInt());
      sequences.add(from.readLong());
    }
  }
}
