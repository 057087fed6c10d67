// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Gcra;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What was used of a limit, as the {@link ScriptModel} keeps it. */
final class ModelSlot {

  /** The tag of a window whose count began without what the ledger knows. */
  static final int ALONE = LimitPlan.WINDOW + 4;

  private static final long GRACE = 60;

  final int kind;
  final int id;
  int tag;
  Gcra.Arrival arrival = Gcra.Arrival.FRESH;
  long units;
  long start;
  long end;

  /** Whether it was just now: then it is kept after its end. */
  boolean charged;

  final List<long[]> held = new ArrayList<>(); // by, calls, until

  ModelSlot(int kind, int id, int tag) {
    this.kind = kind;
    this.id = id;
    this.tag = tag;
  }

  ModelSlot copy() {
    ModelSlot copy = new ModelSlot(kind, id, tag);
    copy.arrival = arrival;
    copy.units = units;
    copy.start = start;
    copy.end = end;
    held.forEach(one -> copy.held.add(one.clone()));
    return copy;
  }

  /** Whether it tells nothing any more. */
  boolean isOver(long micros, long second) {
    return switch (kind) {
      case LimitPlan.RATE -> arrivalMicros() <= micros;
      case LimitPlan.WINDOW -> units == 0 || (!charged && end + GRACE <= second);
      default -> held.isEmpty();
    };
  }

  /** Of a rate, when the next permit would have come, rounded up. */
  long arrivalMicros() {
    return (arrival.time() + (arrival.part() > 0 ? 1 : 0)) * ((tag & 4) == 0 ? 1 : 1000);
  }

  /** As the script packs it. */
  void write(ByteBuffer to) {
    to.put((byte) tag);
    to.putInt(id);
    switch (kind) {
      case LimitPlan.RATE -> {
        to.putDouble((double) arrival.time());
        to.putDouble((double) arrival.part());
      }
      case LimitPlan.WINDOW -> {
        to.putDouble((double) units);
        to.putInt((int) start);
        to.putInt((int) end);
      }
      default -> {
        to.put((byte) held.size());
        for (long[] one : held) {
          to.putInt((int) one[0]);
          to.putInt((int) one[1]);
          to.putInt((int) one[2]);
        }
      }
    }
  }
}
