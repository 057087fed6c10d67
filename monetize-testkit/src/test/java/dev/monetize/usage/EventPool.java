// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Events to write, made once, so that a test's time goes into the journal. */
final class EventPool {

  /** 2026-11-20T12:00:00Z. */
  private static final long NOON = 1_795_176_000_000_000_000L;

  private final List<UsageEvent> events = new ArrayList<>();
  private int next;

  /** Events that all differ, of some 50 to 900 bytes, most of them small. */
  EventPool(int size, RandomGenerator random) {
    for (int i = 0; i < size; i++) {
      events.add(event(i, random.nextInt(random.nextInt(8) > 0 ? 60 : 800), random));
    }
  }

  private static UsageEvent event(int number, int length, RandomGenerator random) {
    return new UsageEvent(
        NOON + number,
        NOON + number + random.nextInt(1_000_000),
        "c" + random.nextInt(10),
        "k",
        "pro",
        "x".repeat(length),
        200,
        random.nextBoolean(),
        List.of(new Measure("calls", 1 + random.nextInt(1_000))),
        List.of(),
        number % 3 > 0 ? null : external(number));
  }

  /** What identifies it, if it is one of those that came from elsewhere. */
  static ExternalId external(int number) {
    return new ExternalId(number * 0x9e3779b97f4a7c15L, number + 1, (long) number << 32);
  }

  /** A note of a number, of 4 to 60 bytes. */
  static byte[] note(int number) {
    byte[] note = ByteBuffer.allocate(4 + number % 57).putInt(number).array();
    Arrays.fill(note, 4, note.length, (byte) number);
    return note;
  }

  /**
   * Number of a note.
   *
   * @throws IllegalArgumentException if it is none, or was changed
   */
  static int number(byte[] note) {
    int number = ByteBuffer.wrap(note).getInt();
    if (number < 0 || note.length != 4 + number % 57 || !isFilled(note, (byte) number)) {
      throw new IllegalArgumentException(Arrays.toString(note) + " was never a note");
    }
    return number;
  }

  private static boolean isFilled(byte[] note, byte with) {
    int last = note.length - 1;
    return last < 4 || (note[4] == with && Arrays.equals(note, 4, last, note, 5, last + 1));
  }

  /** Begins with the first one again. */
  void rewind() {
    next = 0;
  }

  /**
   * Number of an event of this pool.
   *
   * @throws IllegalArgumentException if it is none, or was changed
   */
  int number(UsageEvent event) {
    int number = (int) (event.timeNanos() - NOON);
    if (number < 0 || number >= events.size() || !events.get(number).equals(event)) {
      throw new IllegalArgumentException(event + " was never made");
    }
    return number;
  }

  UsageEvent take() {
    next = next + 1 < events.size() ? next + 1 : 0;
    return events.get(next);
  }
}
