// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import dev.monetize.price.Money;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Currency;
import java.util.Optional;

/** Notices as bytes, in notes and checkpoints. */
final class NoticeCodec {

  private static final int QUOTA = 1;
  private static final int SPEND = 2;
  private static final int KEY = 3;

  private NoticeCodec() {}

  static void write(Notice notice, DataOutput to) throws IOException {
    if (notice instanceof Notice.QuotaReached quota) {
      head(QUOTA, notice, quota.percent(), to);
      to.writeBoolean(quota.key().isPresent());
      to.writeUTF(quota.key().orElse(""));
      to.writeUTF(quota.quota());
      to.writeUTF(quota.meter());
      instant(quota.start(), to);
      to.writeLong(quota.included());
      to.writeLong(quota.used());
    } else if (notice instanceof Notice.SpendReached spend) {
      head(SPEND, notice, spend.percent(), to);
      to.writeUTF(spend.quota());
      instant(spend.start(), to);
      to.writeUTF(spend.cap().currency().getCurrencyCode());
      to.writeLong(spend.cap().nanos());
      to.writeLong(spend.amount().nanos());
    } else if (notice instanceof Notice.KeyExpires key) {
      head(KEY, notice, key.days(), to);
      to.writeUTF(key.key());
    }
  }

  private static void head(int kind, Notice notice, int step, DataOutput to) throws IOException {
    to.writeByte(kind);
    to.writeUTF(notice.customer());
    instant(notice.ends(), to);
    instant(notice.at(), to);
    to.writeInt(step);
  }

  static Notice read(DataInput from) throws IOException {
    int kind = from.readByte();
    String customer = from.readUTF();
    Instant ends = instant(from);
    Instant at = instant(from);
    int step = from.readInt();
    return switch (kind) {
      case QUOTA -> quota(from, customer, ends, at, step);
      case SPEND -> spend(from, customer, ends, at, step);
      case KEY -> new Notice.KeyExpires(customer, from.readUTF(), ends, step, at);
      default -> throw new IOException("notice of kind " + kind + " is of a later version");
    };
  }

  private static Notice quota(DataInput from, String customer, Instant ends, Instant at, int step)
      throws IOException {
    boolean perKey = from.readBoolean();
    String key = from.readUTF();
    String quota = from.readUTF();
    String meter = from.readUTF();
    Instant start = instant(from);
    long included = from.readLong();
    return new Notice.QuotaReached(
        customer,
        perKey ? Optional.of(key) : Optional.empty(),
        quota,
        meter,
        start,
        ends,
        included,
        from.readLong(),
        step,
        at);
  }

  private static Notice spend(DataInput from, String customer, Instant ends, Instant at, int step)
      throws IOException {
    String quota = from.readUTF();
    Instant start = instant(from);
    Currency currency = Currency.getInstance(from.readUTF());
    Money cap = new Money(from.readLong(), currency);
    return new Notice.SpendReached(
        customer, quota, start, ends, cap, new Money(from.readLong(), currency), step, at);
  }

  private static void instant(Instant instant, DataOutput to) throws IOException {
    to.writeLong(instant.getEpochSecond());
    to.writeInt(instant.getNano());
  }

  private static Instant instant(DataInput from) throws IOException {
    return Instant.ofEpochSecond(from.readLong(), from.readInt());
  }
}
