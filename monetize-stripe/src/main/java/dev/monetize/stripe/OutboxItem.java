// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;

/**
 * Usage that is to reach Stripe as one meter event. What it says never changes; how far it is does.
 *
 * @param number unique in the outbox, for ever
 * @param issue how often it was given a new identifier, because it was found not to have arrived
 *     when Stripe would no longer have known the last one
 * @param units in the meter's smallest unit, above 0
 * @param second when the last of it was used, in seconds since the epoch
 * @param firstTry when Stripe may have got it first, in seconds since the epoch; 0: never
 */
record OutboxItem(
    long number, int issue, UsageWindow window, long units, long second, long firstTry) {

  OutboxItem tried(long at) {
    return firstTry == 0 ? with(issue, at) : this;
  }

  /** Stripe certainly has not got it. */
  OutboxItem untried() {
    return with(issue, 0);
  }

  OutboxItem reissued() {
    return with(issue + 1, 0);
  }

  private OutboxItem with(int nextIssue, long nextTry) {
    return new OutboxItem(number, nextIssue, window, units, second, nextTry);
  }

  void write(DataOutput to) throws IOException {
    to.writeLong(number);
    to.writeInt(issue);
    write(window, to);
    to.writeLong(units);
    to.writeLong(second);
    to.writeLong(firstTry);
  }

  static OutboxItem read(DataInput from) throws IOException {
    return new OutboxItem(
        from.readLong(),
        from.readInt(),
        readWindow(from),
        from.readLong(),
        from.readLong(),
        from.readLong());
  }

  static void write(UsageWindow window, DataOutput to) throws IOException {
    to.writeUTF(window.customer());
    to.writeUTF(window.meter());
    to.writeLong(window.start().getEpochSecond());
  }

  static UsageWindow readWindow(DataInput from) throws IOException {
    return new UsageWindow(from.readUTF(), from.readUTF(), Instant.ofEpochSecond(from.readLong()));
  }
}
