// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How optional values, times and lists are written down: times to the second. */
final class Fields {

  private Fields() {}

  static void writeText(Optional<String> text, DataOutput to) throws IOException {
    to.writeBoolean(text.isPresent());
    if (text.isPresent()) {
      to.writeUTF(text.get());
    }
  }

  static Optional<String> readText(DataInput from) throws IOException {
    return from.readBoolean() ? Optional.of(from.readUTF()) : Optional.empty();
  }

  static void writeTime(Optional<Instant> time, DataOutput to) throws IOException {
    to.writeBoolean(time.isPresent());
    if (time.isPresent()) {
      to.writeLong(time.get().getEpochSecond());
    }
  }

  static Optional<Instant> readTime(DataInput from) throws IOException {
    return from.readBoolean()
        ? Optional.of(Instant.ofEpochSecond(from.readLong()))
        : Optional.empty();
  }

  static void writeList(List<String> texts, DataOutput to) throws IOException {
    to.writeInt(texts.size());
    for (String text : texts) {
      to.writeUTF(text);
    }
  }

  static List<String> readList(DataInput from) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = from.readInt(); left > 0; left--) {
      texts.add(from.readUTF());
    }
    return texts;
  }

  static void writeTexts(Map<String, String> texts, DataOutput to) throws IOException {
    to.writeInt(texts.size());
    for (Map.Entry<String, String> text : texts.entrySet()) {
      to.writeUTF(text.getKey());
      to.writeUTF(text.getValue());
    }
  }

  static Map<String, String> readTexts(DataInput from) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (int left = from.readInt(); left > 0; left--) {
      texts.put(from.readUTF(), from.readUTF());
    }
    return texts;
  }

  static void write(CustomerBilling billing, DataOutput to) throws IOException {
    to.writeUTF(billing.customer());
    to.writeUTF(billing.stripeCustomer());
    writeText(billing.subscription(), to);
    to.writeUTF(billing.status());
    writeText(billing.paidFor(), to);
    writeText(billing.granted(), to);
    writeTime(billing.periodStart(), to);
    writeTime(billing.periodEnd(), to);
    writeTime(billing.endsAt(), to);
    writeTime(billing.graceUntil(), to);
    writeTime(Optional.of(billing.seen()), to);
  }

  static CustomerBilling readBilling(DataInput from) throws IOException {
    return new CustomerBilling(
        from.readUTF(),
        from.readUTF(),
        readText(from),
        from.readUTF(),
        readText(from),
        readText(from),
        readTime(from),
        readTime(from),
        readTime(from),
        readTime(from),
        readTime(from).orElse(Instant.EPOCH));
  }

  static void write(MeterError error, DataOutput to) throws IOException {
    writeText(error.meter(), to);
    to.writeUTF(error.code());
    to.writeLong(error.count());
    to.writeUTF(error.message());
    writeList(error.identifiers(), to);
    to.writeInt(error.usage().size());
    for (ReportedUsage usage : error.usage()) {
      OutboxItem.write(usage.window(), to);
      to.writeLong(usage.units());
      to.writeUTF(usage.identifier());
    }
    writeTime(Optional.of(error.at()), to);
  }

  static MeterError readError(DataInput from) throws IOException {
    Optional<String> meter = readText(from);
    String code = from.readUTF();
    long count = from.readLong();
    String message = from.readUTF();
    List<String> identifiers = readList(from);
    List<ReportedUsage> usage = new ArrayList<>();
    for (int left = from.readInt(); left > 0; left--) {
      usage.add(new ReportedUsage(OutboxItem.readWindow(from), from.readLong(), from.readUTF()));
    }
    return new MeterError(
        meter, code, count, message, identifiers, usage, readTime(from).orElse(Instant.EPOCH));
  }
}
