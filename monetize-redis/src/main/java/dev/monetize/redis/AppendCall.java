// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.JournalNames.bytes;

import java.util.ArrayList;
import java.util.List;

/**
 * Records that go to the server together, under a number of their instance's: however often it is
 * sent, it is done once.
 *
 * @param given a sequence up to which all are known to have been given
 */
record AppendCall(long instance, long number, long given, long firstRecord, List<Waiting> records) {

  AppendCall {
    records = List.copyOf(records);
  }

  void addTo(List<byte[]> keys, List<byte[]> arguments) {
    for (int i = 0; i < records.size(); i++) {
      Waiting record = records.get(i);
      arguments.add(LogEntry.bytes(instance, firstRecord + i, record.record()));
      arguments.add(bytes(record.condition().text()));
      if (!record.condition().key().isEmpty()) {
        keys.add(bytes(record.condition().key()));
      }
    }
  }

  /**
   * Tells those who wait what became of their records.
   *
   * @return the last sequence that it got
   */
  long answered(String answer) {
    String[] words = answer.split(" ", -1);
    char[] refused = new char[records.size()];
    for (int i = 1; i < words.length; i++) {
      refused[Integer.parseInt(words[i].substring(1)) - 1] = words[i].charAt(0);
    }
    long next = Long.parseLong(words[0]);
    List<Waiting> told = new ArrayList<>(records);
    for (int i = 0; i < refused.length; i++) {
      switch (refused[i]) {
        case 0 -> told.get(i).done(next++);
        case 'd' -> told.get(i).done(Waiting.DUPLICATE);
        case 'c' -> told.get(i).done(Waiting.CONFLICT);
        default -> told.get(i).done(Waiting.REFUSED);
      }
    }
    return next - 1;
  }
}
