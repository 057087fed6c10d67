// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What a sink of a soak has counted, each batch once, by its id: a log that outlives its process.
 * Of what a killed process was writing, the half is cut off. Thread-safe.
 */
final class SoakFarSide {

  /** What happened to a batch, or to a try to deliver it. */
  enum Happened {
    TAKEN,
    KNOWN,
    FAILED,
    REFUSED;

    private byte code() {
      return (byte) name().charAt(0);
    }

    private static Happened of(byte code) {
      for (Happened what : values()) {
        if (what.code() == code) {
          return what;
        }
      }
      throw new IllegalArgumentException("nothing that happens has the code " + code);
    }
  }

  private static final int HEAD = 8;

  private final RandomAccessFile log; // no channel: those are closed by an interrupt
  private final Map<String, Long> taken = new HashMap<>();
  private final Map<Happened, Long> happened = new EnumMap<>(Happened.class);
  private final SoakTally tally = new SoakTally();

  private SoakFarSide(RandomAccessFile log) {
    this.log = log;
  }

  static SoakFarSide open(Path file) throws IOException {
    SoakFarSide farSide = new SoakFarSide(new RandomAccessFile(file.toFile(), "rw"));
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
    int end = 0;
    while (farSide.take(all)) {
      end = all.position();
    }
    farSide.log.setLength(end);
    farSide.log.seek(end);
    return farSide;
  }

  private boolean take(ByteBuffer from) {
    int length = from.remaining() < HEAD ? Integer.MAX_VALUE : from.getInt();
    if (length > from.remaining() - 4) {
      return false;
    }
    int check = from.getInt();
    ByteBuffer record = from.slice(from.position(), length);
    from.position(from.position() + length);
    return check == check(record.duplicate()) && apply(record);
  }

  private boolean apply(ByteBuffer record) {
    Happened what = Happened.of(record.get());
    happened.merge(what, 1L, Long::sum);
    if (what == Happened.TAKEN) {
      taken.put(record.getLong() + "-" + record.getLong(), record.getLong());
      tally.events += record.getLong();
      for (int cell = 0; cell < SoakTally.CELLS; cell++) {
        tally.units[cell] += record.getLong();
      }
    }
    return true;
  }

  /** Counts a batch unless it is known. */
  synchronized void take(UsageBatch batch) throws IOException {
    long content = content(batch);
    Long known = taken.get(batch.first() + "-" + batch.last());
    if (known != null && known != content) {
      SoakProcess.broken("batch " + batch.id() + " came again with another content");
    }
    if (known == null) {
      write(Happened.TAKEN, batch, content);
    } else {
      note(Happened.KNOWN);
    }
  }

  private void write(Happened what, UsageBatch batch, long content) throws IOException {
    SoakTally fresh = new SoakTally();
    fresh.events = batch.recorded().size();
    for (UsageTotal total : batch.totals()) {
      int customer = Integer.parseInt(total.customer().substring("customer-".length()));
      int meter = SoakEvents.METERS.indexOf(total.meter());
      fresh.units[SoakTally.cell(customer, meter)] += total.units();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream to = new DataOutputStream(bytes);
    to.writeByte(what.code());
    to.writeLong(batch.first());
    to.writeLong(batch.last());
    to.writeLong(content);
    to.writeLong(fresh.events);
    for (long units : fresh.units) {
      to.writeLong(units);
    }
    write(bytes.toByteArray());
  }

  /** Writes down that something else happened. */
  synchronized void note(Happened what) throws IOException {
    write(new byte[] {what.code()});
  }

  private void write(byte[] record) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + record.length);
    bytes.putInt(record.length).putInt(check(ByteBuffer.wrap(record))).put(record);
    log.write(bytes.array());
    apply(ByteBuffer.wrap(record));
  }

  private static int check(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static long content(UsageBatch batch) {
    long hash = 0;
    for (RecordedEvent event : batch.recorded()) {
      hash = 31 * (31 * hash + event.sequence()) + event.event().timeNanos();
    }
    return hash;
  }

  long happened(Happened what) {
    return happened.getOrDefault(what, 0L);
  }

  SoakTally tally() {
    return tally;
  }
}
