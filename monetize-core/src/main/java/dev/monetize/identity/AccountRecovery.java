// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a start finds in the account file: its lines, and at its end perhaps one that a crash cut
 * off. Damage anywhere else is refused.
 */
final class AccountRecovery {

  private static final int LONGEST_LINE = 1 << 20;

  private final long length;
  private final long lines;
  private final byte[] torn;

  private AccountRecovery(long length, long lines, byte[] torn) {
    this.length = length;
    this.lines = lines;
    this.torn = torn;
  }

  /** Bytes of whole lines. */
  long length() {
    return length;
  }

  /** Whole lines, the header among them. */
  long lines() {
    return lines;
  }

  /** The bytes after them. */
  byte[] torn() {
    return torn;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalStateException if it is damaged, with file, line and what is wrong
   */
  static AccountRecovery read(Path file, Consumer<Entry> entries) throws IOException {
    long length = 0;
    long n = 0;
    try (InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()))) {
      for (byte[] line = line(in); line.length > 0; line = line(in)) {
        String damage = AccountLine.damage(line);
        if (damage != null) {
          if (n > 0 && AccountLine.isOneWrite(line) && in.read() < 0) {
            return new AccountRecovery(length, n, line);
          }
          throw refused(file, n, damage, null);
        }
        take(file, line, n, entries);
        length += line.length;
        n++;
      }
    }
    if (n == 0) {
      throw refused(file, 0, "it is empty", null);
    }
    return new AccountRecovery(length, n, new byte[0]);
  }

  private static void take(Path file, byte[] line, long n, Consumer<Entry> entries) {
    try {
      if (n == 0) {
        AccountLine.readHeader(line);
      } else {
        entries.accept(AccountLine.read(line, n));
      }
    } catch (IllegalArgumentException e) {
      throw refused(file, n, String.valueOf(e.getMessage()), e);
    }
  }

  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    int b;
    do {
      b = in.read();
      if (b >= 0) {
        line.write(b);
      }
    } while (b >= 0 && b != '\n' && line.size() < LONGEST_LINE);
    return line.toByteArray();
  }

  private static IllegalStateException refused(
      Path file, long n, String what, @Nullable Exception cause) {
    return new IllegalStateException(
        "%s:%d can't be read: %s. Nothing was changed; restore the file from a backup, or repair the line"
            .formatted(file, n + 1, what),
        cause);
  }
}
