// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What is learnt of Stripe's customers, as it is written down. Later versions read what earlier
 * ones wrote.
 */
sealed interface BillingEntry {

  /** Who one of our customers is at Stripe. */
  record Linked(String customer, String stripeCustomer) implements BillingEntry {}

  /** An event came. */
  record Received(InboxEvent event) implements BillingEntry {}

  /** Stripe was asked, and what follows was done. */
  record Looked(CustomerBilling billing) implements BillingEntry {}

  /** Stripe could not count usage. */
  record Failed(MeterError error) implements BillingEntry {}

  /**
   * What came of a subject is done with.
   *
   * @param last number of the last event that is
   */
  record Handled(String subject, long last) implements BillingEntry {}

  /** A value of a customer's own is put aside, until it has its tier again. */
  record PutAside(String customer, String name, String value) implements BillingEntry {}

  /** Nothing of a customer's is put aside any more. */
  record NothingAside(String customer) implements BillingEntry {}

  /** As bytes. */
  default byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      to.writeByte(BillingState.MARK);
      write(to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void write(DataOutput to) throws IOException {
    if (this instanceof Linked linked) {
      to.writeByte(1);
      to.writeUTF(linked.customer);
      to.writeUTF(linked.stripeCustomer);
    } else if (this instanceof Received received) {
      to.writeByte(2);
      received.event.write(to);
    } else if (this instanceof Looked looked) {
      to.writeByte(3);
      Fields.write(looked.billing, to);
    } else if (this instanceof Failed failed) {
      to.writeByte(4);
      Fields.write(failed.error, to);
    } else if (this instanceof Handled handled) {
      to.writeByte(5);
      to.writeUTF(handled.subject);
      to.writeLong(handled.last);
    } else if (this instanceof PutAside aside) {
      to.writeByte(6);
      to.writeUTF(aside.customer);
      to.writeUTF(aside.name);
      to.writeUTF(aside.value);
    } else if (this instanceof NothingAside nothing) {
      to.writeByte(7);
      to.writeUTF(nothing.customer);
    }
  }

  /**
   * From bytes.
   *
   * @throws IllegalArgumentException if they are none, or of a later version
   */
  static BillingEntry of(byte[] bytes) {
    try (DataInputStream from = new DataInputStream(new ByteArrayInputStream(bytes))) {
      from.readByte();
      int kind = from.readByte();
      return switch (kind) {
        case 1 -> new Linked(from.readUTF(), from.readUTF());
        case 2 -> new Received(InboxEvent.read(from));
        case 3 -> new Looked(Fields.readBilling(from));
        case 4 -> new Failed(Fields.readError(from));
        case 5 -> new Handled(from.readUTF(), from.readLong());
        case 6 -> new PutAside(from.readUTF(), from.readUTF(), from.readUTF());
        case 7 -> new NothingAside(from.readUTF());
        default ->
            throw new IllegalArgumentException("billing entry " + kind + " is of a later version");
      };
    } catch (IOException e) {
      throw new IllegalArgumentException("a billing entry ends within a field", e);
    }
  }
}
