// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a journal must hold: the naive oracle of a run. */
final class JournalModel {

  private final List<Object> records = new ArrayList<>();
  private final List<Integer> events = new ArrayList<>();
  private int acknowledged;

  /** An event or a note was appended, of some number. */
  void append(int event) {
    records.add(event);
    events.add(event);
  }

  void append(SinkMark mark) {
    records.add(mark);
  }

  int size() {
    return records.size();
  }

  /** All that was appended is promised to be there for ever. */
  void acknowledge() {
    acknowledged = records.size();
  }

  /**
   * Takes what was recovered for the truth, from which it is gone on.
   *
   * @return what is wrong with it, empty if nothing
   */
  String recover(List<Integer> found, int count, Map<String, SinkProgress> sinks) {
    if (count < acknowledged) {
      return count + " records recovered, " + acknowledged + " were acknowledged";
    }
    if (count > records.size()) {
      return count + " records recovered, only " + records.size() + " were appended";
    }
    while (records.size() > count) {
      if (records.remove(records.size() - 1) instanceof Integer) {
        events.remove(events.size() - 1);
      }
    }
    acknowledge();
    if (!found.equals(events)) {
      return "events recovered differ from those appended: " + found + " for " + events;
    }
    Map<String, SinkProgress> expected = progress();
    return sinks.equals(expected) ? "" : "sinks are " + sinks + ", must be " + expected;
  }

  private Map<String, SinkProgress> progress() {
    Map<String, SinkProgress> sinks = new HashMap<>();
    for (Object kept : records) {
      if (kept instanceof SinkMark mark) {
        sinks.put(mark.sink(), sinks.getOrDefault(mark.sink(), SinkProgress.NEW).after(mark));
      }
    }
    return sinks;
  }
}
