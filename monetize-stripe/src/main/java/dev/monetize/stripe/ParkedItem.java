// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * An item that was put aside.
 *
 * @param at when, in seconds since the epoch
 */
record ParkedItem(OutboxItem item, long at, String reason) {

  void write(DataOutput to) throws IOException {
    item.write(to);
    to.writeLong(at);
    to.writeUTF(reason);
  }

  static ParkedItem read(DataInput from) throws IOException {
    return new ParkedItem(OutboxItem.read(from), from.readLong(), from.readUTF());
  }
}
