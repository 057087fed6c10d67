// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.journaltool;

import dev.monetize.usage.RecordedEvent;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Tells every five seconds how far a long look is. */
final class Progress {

  private static final long EVERY_NANOS = 5_000_000_000L;

  /** Events between looks at the clock; a power of two. */
  static final int STEP = 1 << 14;

  private final PrintStream err;
  private final LongSupplier nanos;
  private long told;
  private long events;

  Progress(PrintStream err, LongSupplier nanos) {
    this.err = err;
    this.nanos = nanos;
    this.told = nanos.getAsLong();
  }

  void at(RecordedEvent recorded) {
    events++;
    if ((events & (STEP - 1)) == 0 && nanos.getAsLong() - told >= EVERY_NANOS) {
      told = nanos.getAsLong();
      err.printf(
          Locale.ROOT,
          "read up to record %,d, of %s%n",
          recorded.sequence(),
          recorded.event().time());
    }
  }
}
