// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One line of the account file, as bytes:
 *
 * <pre>{"crc":"1f0c8a2b","n":7,"customer":{…}}</pre>
 *
 * {@code crc} is CRC-32C of all bytes after its comma, {@code n} counts the lines from 0, so that
 * lines which are damaged, missing, doubled or moved are found. Line 0 says the format's version.
 */
final class AccountLine {

  static final int VERSION = 1;

  private static final String START = "{\"crc\":\"";
  private static final int BODY = START.length() + 8 + 2; // 8 digits, quote, comma
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private AccountLine() {}

  static byte[] header() {
    return line(numbered(0).put("monetize", "accounts").put("version", VERSION));
  }

  static byte[] of(long n, Entry entry) {
    return line(numbered(n).set(AccountJson.name(entry), AccountJson.write(entry)));
  }

  private static ObjectNode numbered(long n) {
    return JsonNodeFactory.instance.objectNode().put("n", n);
  }

  private static byte[] line(JsonNode content) {
    byte[] json;
    try {
      json = JSON.writeValueAsBytes(content);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what passed validation can be written", e);
    }
    byte[] line = new byte[BODY + json.length]; // its brace goes, a line feed comes
    System.arraycopy(json, 1, line, BODY, json.length - 1);
    line[line.length - 1] = '\n';
    System.arraycopy(start(line), 0, line, 0, BODY);
    return line;
  }

  private static byte[] start(byte[] line) {
    CRC32C crc = new CRC32C();
    crc.update(line, BODY, line.length - 1 - BODY);
    return (START + String.format("%08x", crc.getValue()) + "\",").getBytes(US_ASCII);
  }

  /** What is wrong with the bytes of a line, or null if they are as they were written. */
  static @Nullable String damage(byte[] line) {
    if (line[line.length - 1] != '\n') {
      return "it has no end";
    }
    boolean whole = line.length > BODY && Arrays.equals(start(line), 0, BODY, line, 0, BODY);
    return whole ? null : "its checksum is wrong";
  }

  /** Whether a damaged line may be one write that was cut off: it holds no second line's start. */
  static boolean isOneWrite(byte[] line) {
    return new String(line, US_ASCII).lastIndexOf(START) <= 0;
  }

  /**
   * Checks the content of the first line.
   *
   * @throws IllegalArgumentException if it isn't ours or of another version
   */
  static void readHeader(byte[] line) {
    JsonNode json = parsed(line, 0);
    if (!json.path("monetize").asText().equals("accounts")) {
      throw new IllegalArgumentException("it is not an account file of Monetize");
    }
    int version = json.path("version").asInt();
    if (version != VERSION || json.size() != 4) {
      throw new IllegalArgumentException(
          "its format is version %d, and this Monetize reads version %d: use a newer one"
              .formatted(version, VERSION));
    }
  }

  /**
   * Reads an undamaged line.
   *
   * @throws IllegalArgumentException if it isn't the one that belongs there, or says what we don't
   *     know
   */
  static Entry read(byte[] line, long n) {
    JsonNode json = parsed(line, n);
    if (json.size() != 3) {
      throw new IllegalArgumentException(
          "it has " + json.size() + " fields, not 3: use the newer Monetize that wrote it");
    }
    String name = "";
    for (var names = json.fieldNames(); names.hasNext(); ) {
      name = names.next(); // the last one: after crc and n
    }
    return AccountJson.read(name, json.path(name));
  }

  private static JsonNode parsed(byte[] line, long n) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (IOException e) {
      throw new IllegalArgumentException("it is not JSON: " + e.getMessage(), e);
    }
    long says = json.path("n").asLong(-1);
    if (says != n) {
      throw new IllegalArgumentException(
          "it says n=%d where n=%d belongs: lines are missing, doubled or moved"
              .formatted(says, n));
    }
    return json;
  }
}
