// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Answers in JSON that no cache keeps. */
final class Json {

  static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String JSON = "application/json";

  private Json() {}

  static void write(HttpServletResponse response, int status, Map<String, ?> body)
      throws IOException {
    write(response, status, JSON, body);
  }

  static void write(HttpServletResponse response, int status, String type, Map<String, ?> body)
      throws IOException {
    byte[] bytes = MAPPER.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentType(type);
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
