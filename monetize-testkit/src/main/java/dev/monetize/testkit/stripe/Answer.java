// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a client gets. */
record Answer(int status, Map<String, String> headers, String body, End end) {

  /** What becomes of the connection. */
  enum End {
    /** The client has the answer, and may ask again. */
    KEEP,
    /** The connection is closed without a word. */
    SILENT,
    /** The connection is reset without a word. */
    RESET
  }

  static Answer json(int status, JsonNode body) {
    return of(status, "application/json", Json.write(body));
  }

  static Answer html(String body) {
    return of(200, "text/html; charset=utf-8", body);
  }

  static Answer redirect(String location) {
    return of(303, "text/plain", "").with(Map.of("Location", location));
  }

  static Answer none(End end) {
    return new Answer(0, Map.of(), "", end);
  }

  private static Answer of(int status, String type, String body) {
    return new Answer(status, Map.of("Content-Type", type), body, End.KEEP);
  }

  Answer with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Answer(status, all, body, end);
  }
}
