// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A line of the pepper file: {@code id:base64url}, and in those we write {@code :crc32c} of what
 * stands before, so that a flipped bit isn't another secret. Messages never repeat the secret.
 */
final class PepperLine {

  private PepperLine() {}

  static String write(String id, byte[] secret) {
    String line = id + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    return line + ":" + crc(line);
  }

  static List<Pepper> readAll(String file, List<String> lines) {
    List<Pepper> peppers = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        Pepper pepper = read(line, file + ":" + (i + 1));
        if (!ids.add(pepper.id())) {
          throw damaged(file + ":" + (i + 1), "pepper \"" + pepper.id() + "\" stands there twice");
        }
        peppers.add(pepper);
      }
    }
    return peppers;
  }

  private static Pepper read(String line, String place) {
    String[] parts = line.split(":", -1);
    if (parts.length < 2 || parts.length > 3) {
      throw damaged(place, "expected id:base64url, got " + parts.length + " part(s)");
    }
    if (parts.length == 3 && !parts[2].equals(crc(parts[0] + ":" + parts[1]))) {
      throw damaged(place, "its checksum is wrong");
    }
    return pepper(parts[0], parts[1], place);
  }

  private static Pepper pepper(String id, String base64, String place) {
    byte[] secret;
    try {
      secret = Base64.getUrlDecoder().decode(base64);
    } catch (IllegalArgumentException e) { // its message would tell a character of the secret
      throw damaged(place, "what stands after the id is not base64url");
    }
    try {
      return Pepper.of(id, secret);
    } catch (IllegalArgumentException e) {
      throw damaged(place, e.getMessage());
    }
  }

  private static IllegalStateException damaged(String place, String what) {
    return new IllegalStateException(
        place
            + " is damaged: "
            + what
            + "; restore the file from a backup: keys hashed under this"
            + " pepper don't work without it");
  }

  private static String crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }
}
