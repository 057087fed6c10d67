// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.List;

/** How an event lies in a record. Its first byte is the layout's version. */
final class EventPayload {

  private static final int CALL = 1;

  /** The same, and an {@link ExternalId} at its end. */
  private static final int EXTERNAL = 2;

  private EventPayload() {}

  /** Room that is enough for an event. */
  static int mostBytes(UsageEvent event) {
    int most =
        100
            + PayloadWriter.mostBytes(event.customer())
            + PayloadWriter.mostBytes(event.key())
            + PayloadWriter.mostBytes(event.tier())
            + PayloadWriter.mostBytes(event.endpoint());
    for (Measure measure : event.measures()) {
      most += 10 + PayloadWriter.mostBytes(measure.meter());
    }
    for (QuotaWindow window : event.windows()) {
      most +=
          11 + PayloadWriter.mostBytes(window.quota()) + PayloadWriter.mostBytes(window.meter());
    }
    return most;
  }

  static void write(UsageEvent event, PayloadWriter to) {
    ExternalId external = event.external();
    to.putByte(external == null ? CALL : EXTERNAL);
    to.putLong(event.timeNanos());
    to.putSigned(event.settledNanos() - event.timeNanos());
    to.putSigned(event.status());
    to.putByte(event.clientGone() ? 1 : 0);
    to.putString(event.customer());
    to.putString(event.key());
    to.putString(event.tier());
    to.putString(event.endpoint());
    List<Measure> measures = event.measures();
    to.putVarint(measures.size());
    for (int i = 0; i < measures.size(); i++) {
      to.putString(measures.get(i).meter());
      to.putVarint(measures.get(i).units());
    }
    List<QuotaWindow> windows = event.windows();
    to.putVarint(windows.size());
    for (int i = 0; i < windows.size(); i++) {
      writeWindow(windows.get(i), to);
    }
    if (external != null) {
      to.putLong(external.high());
      to.putLong(external.low());
      to.putLong(external.payload());
    }
  }

  /**
   * Reads an event.
   *
   * @throws RuntimeException if it is none, or of a later version
   */
  static UsageEvent read(PayloadReader from) {
    int version = version(from);
    long time = from.readLong();
    long settled = time + from.readSigned();
    int status = (int) from.readSigned();
    boolean clientGone = from.readByte() != 0;
    String customer = from.readString();
    String key = from.readString();
    String tier = from.readString();
    String endpoint = from.readString();
    return new UsageEvent(
        time,
        settled,
        customer,
        key,
        tier,
        endpoint,
        status,
        clientGone,
        readMeasures(from),
        readWindows(from),
        version == CALL ? null : readExternal(from));
  }

  /** When an event was settled: the beginning of it is enough. */
  static long settledNanos(PayloadReader from) {
    version(from);
    return from.readLong() + from.readSigned();
  }

  private static int version(PayloadReader from) {
    int version = from.readByte();
    if (version != CALL && version != EXTERNAL) {
      throw new IllegalArgumentException("event layout " + version + " is of a later version");
    }
    return version;
  }

  private static ExternalId readExternal(PayloadReader from) {
    return new ExternalId(from.readLong(), from.readLong(), from.readLong());
  }

  private static void writeWindow(QuotaWindow window, PayloadWriter to) {
    to.putString(window.quota());
    to.putString(window.meter());
    to.putByte(window.perKey() ? 1 : 0);
    to.putSigned(window.start());
  }

  private static List<Measure> readMeasures(PayloadReader from) {
    int count = from.readCount();
    Measure[] measures = new Measure[count];
    for (int i = 0; i < count; i++) {
      measures[i] = new Measure(from.readString(), from.readVarint());
    }
    return List.of(measures);
  }

  private static List<QuotaWindow> readWindows(PayloadReader from) {
    int count = from.readCount();
    QuotaWindow[] windows = new QuotaWindow[count];
    for (int i = 0; i < count; i++) {
      windows[i] =
          new QuotaWindow(
              from.readString(), from.readString(), from.readByte() != 0, from.readSigned());
    }
    return List.of(windows);
  }
}
