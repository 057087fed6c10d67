// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.io.IOException;

/** Where notes are written down; the usage journal. Thread-safe. */
@FunctionalInterface
public interface NoticeLog {

  /**
   * Writes a note of at most 4 KiB. When it returns true the note is durable, and so is everything
   * that was written to the log before it: the use that a notice tells of among it.
   *
   * @return false if it could not be written; it may be there after a restart all the same
   */
  boolean write(byte[] note) throws IOException, InterruptedException;
}
