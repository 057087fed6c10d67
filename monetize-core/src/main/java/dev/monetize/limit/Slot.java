// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/**
 * One limit's place in a subject's state array, and its rules.
 *
 * <p>A decision works on cells, which end up as the {@link Standing}'s: two for each limit, and
 * behind those one for each window limit. On the way the first holds the limit's word; the others
 * are a window limit's end and start in seconds. The array itself is only touched under its lock,
 * by {@link #load} and {@link #charge}.
 */
abstract class Slot {

  static final int CELLS = 2;

  /** A position that is none. */
  static final int NONE = -1;

  private static final long VALUE = ~WordLock.BIT;

  /** The largest number that a word holds; one more would look like a moved array while locked. */
  static final long MOST = Long.MAX_VALUE - 1;

  /** The limit's position in its set. */
  final int index;

  /** Position of its first word in the array. */
  final int at;

  /** Position of its first cell. */
  final int cell;

  /** Position of the cell for a window's start, or {@link #NONE}. */
  final int start;

  final boolean shadow;
  private final long lockBit;

  Slot(Limit limit, int index, int at, int start) {
    this.index = index;
    this.at = at;
    this.cell = CELLS * index;
    this.start = start;
    this.shadow = limit.shadow();
    this.lockBit = at == 0 ? WordLock.BIT : 0;
  }

  /** Tells kinds of slots apart, whose words do not mean the same. */
  abstract char kind();

  /** How many words it takes in the array. */
  abstract int width();

  abstract Limit limit();

  /** Brings the word up to the moment, which is not a charge, and copies it to the cell. */
  abstract void load(long[] words, long[] cells, long now);

  /** Nanoseconds to wait until an amount fits; 0 if it fits now. Looks at the cells only. */
  abstract long delay(long[] cells, long[] amounts, long now);

  /** Loads, and tells by the limit's bit that the amount does not fit, or by 0 that it does. */
  final long check(long[] words, long[] cells, long[] amounts, long now) {
    load(words, cells, now);
    return refusing(cells, amounts, now);
  }

  /** The limit's bit if the amount does not fit, else 0. */
  final long refusing(long[] cells, long[] amounts, long now) {
    return delay(cells, amounts, now) > 0 ? 1L << index : 0;
  }

  /** Takes the amount, in the cell, as far as there is room to count it. */
  abstract void take(long[] cells, long[] amounts, long now);

  /** Turns the cells into what the standing tells. */
  abstract void tell(long[] cells, long now);

  /** Corrects what a call took, on the locked array. */
  abstract void correct(long[] words, long taken, long actual, long windowStart);

  /** Whether the words are as good as new. */
  abstract boolean fresh(long[] words, long now, long longestWindow);

  final long word(long[] words) {
    return words[at] & VALUE;
  }

  /** Takes the amount, on the locked array. */
  final void charge(long[] words, long[] cells, long[] amounts, long now) {
    take(cells, amounts, now);
    put(words, cells[cell]);
  }

  final void put(long[] words, long value) {
    words[at] = value | lockBit;
  }
}
