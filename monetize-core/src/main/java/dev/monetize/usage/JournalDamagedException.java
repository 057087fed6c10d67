// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/**
 * The journal's files are not as they were written, and going on would lose or invent usage. The
 * message names the file, the place and what is missing. Nothing was changed.
 */
public final class JournalDamagedException extends IOException {

  private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      ". Nothing was changed or deleted. Restore the file from a copy, or move the whole directory"
          + " away to begin a new journal; what the old one holds is then neither counted nor sent";

  JournalDamagedException(Object file, String fault) {
    super("journal damaged: " + file + ": " + fault + ADVICE);
  }

  JournalDamagedException(Object file, int offset, String fault) {
    this(file, "at offset " + offset + ": " + fault);
  }
}
