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
 * @param dropped units that are not to be reported
 */
record OutboxWindow(long open, long second, long arrived, long arrivedAt, long dropped) {

  static final OutboxWindow NEW = new OutboxWindow(0, 0, 0, 0, 0);

  OutboxWindow used(long units, long at) {
    return new OutboxWindow(
        Math.addExact(open, units), Math.max(second, at), arrived, arrivedAt, dropped);
  }

  OutboxWindow cut() {
    return new OutboxWindow(0, 0, arrived, arrivedAt, dropped);
  }

  OutboxWindow arrived(long units, long at) {
    return new OutboxWindow(open, second, arrived + units, Math.max(arrivedAt, at), dropped);
  }

  OutboxWindow dropped(long units) {
    return new OutboxWindow(open, second, arrived, arrivedAt, dropped + units);
  }

  void write(DataOutput to) throws IOException {
    to.writeLong(open);
    to.writeLong(second);
    to.writeLong(arrived);
    to.writeLong(arrivedAt);
    to.writeLong(dropped);
  }

  static OutboxWindow read(DataInput from) throws IOException {
    return new OutboxWindow(
        from.readLong(), from.readLong(), from.readLong(), from.readLong(), from.readLong());
  }
}
