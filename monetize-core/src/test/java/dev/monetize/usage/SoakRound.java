// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process is to do.
 *
 * @param next number of each writer's next event
 * @param more how many events each is to append
 * @param opens how often the journal is opened
 * @param lives with how many batches it dies
 */
record SoakRound(
    Path directory, SoakEvents events, List<Long> next, long more, int opens, long lives, End end) {

  /** How a process ends. */
  enum End {
    /** At once when all is appended. */
    CLOSED,
    /** When all has arrived. */
    DRAINED,
    /** When a batch has arrived, and nobody knows yet. */
    DEAD,
    /** Not by itself. */
    KILLED
  }

  List<String> arguments() {
    List<String> all = new ArrayList<>();
    all.add(directory.toString());
    for (long number : new long[] {events.seed(), events.start(), events.each(), more}) {
      all.add(Long.toString(number));
    }
    all.addAll(List.of(opens + "", lives + "", end.name()));
    for (long number : next) {
      all.add(Long.toString(number));
    }
    return all;
  }

  static SoakRound of(String... arguments) {
    long[] numbers = new long[4];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Long.parseLong(arguments[1 + i]);
    }
    List<Long> next = new ArrayList<>();
    for (int i = 8; i < arguments.length; i++) {
      next.add(Long.valueOf(arguments[i]));
    }
    return new SoakRound(
        Path.of(arguments[0]),
        new SoakEvents(numbers[0], numbers[1], numbers[2]),
        next,
        numbers[3],
        Integer.parseInt(arguments[5]),
        Long.parseLong(arguments[6]),
        End.valueOf(arguments[7]));
  }
}
