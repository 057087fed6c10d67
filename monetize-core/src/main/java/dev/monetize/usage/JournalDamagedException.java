// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/**
 * The journal's files are not as they were written, and going on would lose or invent usage. The
 * message names the file, the place, what is missing, and what can be done. Nothing was changed.
 */
public final class JournalDamagedException extends IOException {

  private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      ". Nothing was changed or deleted. Restore the file from a copy, or move the whole directory"
          + " away to begin a new journal; what the old one holds is then neither counted nor sent";

  private static final String GO_ON =
      ". Or open it with onDamage(CONTINUE): damaged files are kept in quarantine/, what is missing"
          + " is then missing for good, and what sinks may or may not have been sent is parked";

  private final boolean loss;

  private JournalDamagedException(Object file, String fault, String advice, boolean loss) {
    super("journal damaged: " + file + ": " + fault + advice);
    this.loss = loss;
  }

  /** Something is no longer readable, or no longer there: it can be gone on without it. */
  static JournalDamagedException lost(Object file, String fault) {
    return new JournalDamagedException(file, fault, ADVICE + GO_ON, true);
  }

  static JournalDamagedException lost(Object file, int offset, String fault) {
    return lost(file, "at offset " + offset + ": " + fault);
  }

  /** What is there is whole, but not of this journal or this version. */
  static JournalDamagedException refused(Object file, String fault) {
    return new JournalDamagedException(file, fault, ADVICE, false);
  }

  /** Whether it can be gone on without what is lost. */
  boolean isLoss() {
    return loss;
  }
}
