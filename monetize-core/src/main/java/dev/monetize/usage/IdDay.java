// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The identities recorded in one day. Guarded by the lock of the {@link RecordedIds}. */
final class IdDay {

  private final long day;
  private IdTable table = new IdTable();
  private @Nullable IdTable leaving;
  private List<IdRun> runs = List.of();

  IdDay(long day) {
    this.day = day;
  }

  long day() {
    return day;
  }

  IdTable table() {
    return table;
  }

  List<IdRun> runs() {
    return runs;
  }

  /** How many there are. */
  long size() {
    long size = inMemory();
    for (IdRun run : runs) {
      size += run.size();
    }
    return size;
  }

  long inMemory() {
    return (long) table.size() + (leaving == null ? 0 : leaving.size());
  }

  long bytes() {
    return table.bytes() + (leaving == null ? 0 : leaving.bytes());
  }

  /** The check of an identity in memory, or -1. */
  long find(ExternalId id) {
    long found = table.find(id.high(), id.low());
    return found >= 0 || leaving == null ? found : leaving.find(id.high(), id.low());
  }

  /** Puts the table aside, to be written; it is still looked into, and no longer changed. */
  void leave() {
    leaving = table;
    table = new IdTable();
  }

  /** The table that was put aside. */
  IdTable leaving() {
    return Objects.requireNonNull(leaving, "leaving");
  }

  /** The table that was put aside is in a file, or stays because it could not be written. */
  void left(@Nullable IdRun run) {
    IdTable full = leaving();
    leaving = null;
    if (run == null) {
      full.addAll(table);
      table = full;
    } else {
      List<IdRun> all = new ArrayList<>(runs);
      all.add(run);
      runs = List.copyOf(all);
    }
  }

  void forEach(IdTable.Each each) throws IOException {
    table.forEachSorted(each);
    if (leaving != null) {
      leaving.forEachSorted(each);
    }
    for (IdRun run : runs) {
      run.forEach(each);
    }
  }
}
