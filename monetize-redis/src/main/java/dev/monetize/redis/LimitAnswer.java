// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the script answers: see its end. Used once. */
final class LimitAnswer {

  private static final long MICRO = 1_000;

  private final LimitSet limits;
  private final ByteBuffer from;
  private final long taken;
  private final int slowest;
  private final double micros;
  private final long shadowed;

  LimitAnswer(LimitSet limits, byte[] answer) {
    this.limits = limits;
    this.from = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    this.taken = (long) from.getDouble();
    this.slowest = (int) from.getDouble() - 1;
    this.micros = from.getDouble();
    long bits = 0;
    for (int left = (int) from.getDouble(); left > 0; left--) {
      bits |= 1L << ((int) from.getDouble() - 1);
    }
    this.shadowed = bits;
  }

  /** How often the charge was taken. */
  long taken() {
    return taken;
  }

  Decision decision(Subject subject, Charge charge) {
    long[] cells = cells();
    return taken > 0
        ? new Decision.Allowed(subject, charge, cells, shadowed)
        : new Decision.Refused(slowest, nanos(micros), Standing.of(limits, cells), shadowed);
  }

  Standing standing() {
    return Standing.of(limits, cells());
  }

  private long[] cells() {
    long[] cells = new long[limits.cells()];
    int start = 2 * limits.size();
    for (int i = 0; i < limits.size(); i++) {
      cells[2 * i] = (long) from.getDouble();
      cells[2 * i + 1] = nanos(from.getDouble());
      if (limits.get(i) instanceof WindowLimit window) {
        cells[start++] = (long) from.getDouble();
        cells[2 * i] = window.included() - (long) from.getDouble();
      }
    }
    return cells;
  }

  private static long nanos(double micros) {
    long whole = (long) micros;
    return whole < 0 || whole > Long.MAX_VALUE / MICRO ? Long.MAX_VALUE : whole * MICRO;
  }
}
