// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What an outbox knows of a window. Immutable.
 *
 * @param open units that no item holds yet
 * @param second when the last of them was used, in seconds since the epoch
 * @param arrived units that Stripe has
 * @param arrivedAt when the last of them arrived, in seconds since the epoch
 * @param dropped units that were to be reported, and are not any more
 * @param unsold units in tiers that are not sold: no price concerns them
 */
record OutboxWindow(
    long open, long second, long arrived, long arrivedAt, long dropped, long unsold) {

  static final OutboxWindow NEW = new OutboxWindow(0, 0, 0, 0, 0, 0);

  OutboxWindow used(long units, long at) {
    return new OutboxWindow(
        Math.addExact(open, units), Math.max(second, at), arrived, arrivedAt, dropped, unsold);
  }

  OutboxWindow cut() {
    return new OutboxWindow(0, 0, arrived, arrivedAt, dropped, unsold);
  }

  OutboxWindow arrived(long units, long at) {
    return new OutboxWindow(
        open, second, arrived + units, Math.max(arrivedAt, at), dropped, unsold);
  }

  OutboxWindow dropped(long units) {
    return new OutboxWindow(open, second, arrived, arrivedAt, dropped + units, unsold);
  }

  OutboxWindow unsold(long units) {
    return new OutboxWindow(open, second, arrived, arrivedAt, dropped, unsold + units);
  }

  /** Units that are not reported. */
  long unbilled() {
    return dropped + unsold;
  }

  void write(DataOutput to) throws IOException {
    to.writeLong(open);
    to.writeLong(second);
    to.writeLong(arrived);
    to.writeLong(arrivedAt);
    to.writeLong(dropped);
    to.writeLong(unsold);
  }

  /** In layout 1 nothing is said of tiers that are not sold. */
  static OutboxWindow read(DataInput from, int layout) throws IOException {
    return new OutboxWindow(
        from.readLong(),
        from.readLong(),
        from.readLong(),
        from.readLong(),
        from.readLong(),
        layout == 1 ? 0 : from.readLong());
  }
}
