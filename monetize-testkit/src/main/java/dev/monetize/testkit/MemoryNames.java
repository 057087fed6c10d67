// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Names of files, and what is durable of them. Of the changes since the last sync a power cut may
 * take any. Not thread-safe.
 */
final class MemoryNames {

  private final Map<String, MemoryFile> seen = new HashMap<>();
  private final Map<String, MemoryFile> durable = new HashMap<>();
  private final List<Change> pending = new ArrayList<>();

  private record Change(@Nullable String removed, @Nullable String put, MemoryFile file) {

    void apply(Map<String, MemoryFile> names) {
      if (removed != null) {
        names.remove(removed);
      }
      if (put != null) {
        names.put(put, file);
      }
    }
  }

  List<String> names(Predicate<String> which) {
    List<String> names = new ArrayList<>(seen.size());
    for (String name : seen.keySet()) {
      if (which.test(name)) {
        names.add(name);
      }
    }
    return names;
  }

  Iterable<MemoryFile> files() {
    return seen.values();
  }

  @Nullable MemoryFile get(String name) {
    return seen.get(name);
  }

  void put(String name, MemoryFile file) {
    change(new Change(null, name, file));
  }

  void rename(String from, String to, MemoryFile file) {
    change(new Change(from, to, file));
  }

  void remove(String name, MemoryFile file) {
    change(new Change(name, null, file));
  }

  private void change(Change change) {
    change.apply(seen);
    pending.add(change);
  }

  void sync() {
    if (!pending.isEmpty()) {
      pending.clear();
      durable.clear();
      durable.putAll(seen);
    }
  }

  void cut(PowerCut cut) {
    if (pending.isEmpty()) {
      return;
    }
    for (Change change : pending) {
      if (!cut.loses()) {
        change.apply(durable);
      }
    }
    pending.clear();
    seen.clear();
    seen.putAll(durable);
  }
}
