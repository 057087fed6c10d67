// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/** The place of a {@link ConcurrencyLimit}: one word, the calls under way. */
final class ConcurrencySlot extends Slot {

  /** Nobody knows when a call ends; a second is short for a person and long for a machine. */
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final ConcurrencyLimit limit;

  ConcurrencySlot(ConcurrencyLimit limit, int index, int at) {
    super(limit, index, at, NONE);
    this.limit = limit;
  }

  @Override
  char kind() {
    return 'c';
  }

  @Override
  int width() {
    return 1;
  }

  @Override
  Limit limit() {
    return limit;
  }

  @Override
  void load(long[] words, long[] cells, long now) {
    cells[cell] = word(words);
  }

  @Override
  long delay(long[] cells, long[] amounts, long now) {
    long amount = amounts[index];
    return amount == 0 || cells[cell] <= limit.max() - amount ? 0 : RETRY_NANOS;
  }

  @Override
  void take(long[] cells, long[] amounts, long now) {
    cells[cell] += amounts[index];
  }

  @Override
  void tell(long[] cells, long now) {
    cells[cell] = Math.max(0, limit.max() - cells[cell]);
    cells[cell + 1] = 0;
  }

  @Override
  void correct(long[] words, long taken, long actual, long windowStart) {
    put(words, Math.max(0, word(words) - taken));
  }

  @Override
  boolean fresh(long[] words, long now, long longestWindow) {
    return word(words) == 0;
  }
}
