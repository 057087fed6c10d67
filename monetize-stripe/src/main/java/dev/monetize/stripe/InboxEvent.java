// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * An event of Stripe's that was taken in: whom it concerns, and no more, since what it says is
 * asked for afresh.
 *
 * @param id {@code evt_…}; the same one may come again
 * @param subject {@code cus_…}, or the id of a report on meters: then its own
 * @param received when it came, in seconds since the epoch
 */
record InboxEvent(String id, String type, String subject, long received) {

  private static final int MOST_ID = 255;

  InboxEvent {
    require("id", id);
    require("type", type);
    require("subject", subject);
  }

  private static void require(String name, String value) {
    if (value.isEmpty() || value.length() > MOST_ID) {
      throw new IllegalArgumentException(
          "an event's " + name + " must have 1 to 255 characters, got " + value.length());
    }
  }

  /** Whether it is about meter events that Stripe could not count. */
  boolean isMeterReport() {
    return type.startsWith("v1.billing.meter.");
  }

  void write(DataOutput to) throws IOException {
    to.writeUTF(id);
    to.writeUTF(type);
    to.writeUTF(subject);
    to.writeLong(received);
  }

  static InboxEvent read(DataInput from) throws IOException {
    return new InboxEvent(from.readUTF(), from.readUTF(), from.readUTF(), from.readLong());
  }
}
