// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A tier file as text: bounded in size, UTF-8.
 *
 * @param name as it is shown in places
 */
record FileText(String name, String text) {

  private static final int MOST_BYTES = 1 << 20;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  static FileText of(Path file) {
    String name = String.valueOf(file.getFileName());
    byte[] bytes = bytes(file, name);
    if (bytes.length > MOST_BYTES) {
      throw refused(name, "expected at most 1 MiB");
    }
    try {
      return of(
          name, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw refused(name, "expected UTF-8");
    }
  }

  static FileText of(String name, String text) {
    if (text.length() > MOST_BYTES) {
      throw refused(name, "expected at most 1 MiB");
    }
    boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    return new FileText(name, marked ? text.substring(1) : text);
  }

  boolean isJson() {
    return name.toLowerCase(Locale.ROOT).endsWith(".json");
  }

  private static byte[] bytes(Path file, String name) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw refused(name, "there is no such file: " + file.toAbsolutePath());
    } catch (IOException e) {
      throw refused(name, "the file cannot be read: " + e);
    }
  }

  static TierFaultsException refused(String name, String why) {
    Faults faults = new Faults();
    faults.add(Place.of(name), why);
    return faults.exception();
  }
}
