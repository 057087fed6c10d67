// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An answer as it came over the wire.
 *
 * @param status 0 if the connection was closed without one
 */
record Answer(int status, Map<String, List<String>> headers, String body) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  static Answer parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/1.1 ")) {
      return new Answer(0, Map.of(), text);
    }
    String[] lines = text.substring(0, end).split("\r\n", -1);
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers
          .computeIfAbsent(lines[i].substring(0, colon), name -> new ArrayList<>())
          .add(lines[i].substring(colon + 1).strip());
    }
    String body = text.substring(end + 4);
    boolean chunked =
        headers
            .getOrDefault("Transfer-Encoding", List.of())
            .toString()
            .toLowerCase(Locale.ROOT)
            .contains("chunked");
    String utf8 = new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    return new Answer(
        Integer.parseInt(lines[0].substring(9, 12)), headers, chunked ? dechunked(body) : utf8);
  }

  private static String dechunked(String body) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < body.length()) {
      int line = body.indexOf("\r\n", at);
      int size = line < 0 ? 0 : Integer.parseInt(body.substring(at, line), 16);
      if (size == 0) {
        break;
      }
      text.append(body, line + 2, Math.min(body.length(), line + 2 + size));
      at = line + 2 + size + 2;
    }
    return text.toString();
  }

  /** A header's only value, or null. */
  @Nullable String header(String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new IllegalStateException(name + " was sent more than once: " + values);
    }
    return values.isEmpty() ? null : values.get(0);
  }

  JsonNode json() {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new IllegalStateException("not JSON, with status " + status + ": " + body, e);
    }
  }

  /** The field {@code reason} of a problem. */
  String reason() {
    return json().path("reason").asText();
  }
}
