// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Answers in JSON, also of the library's records: times are texts, what is empty is null. */
final class Json {

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .registerModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addSerializer(Optional.class, new ValueOrNull()));

  private Json() {}

  private static final class ValueOrNull extends JsonSerializer<Object> {
    @Override
    public void serialize(Object optional, JsonGenerator to, SerializerProvider with)
        throws IOException {
      to.writeObject(((Optional<?>) optional).orElse(null));
    }
  }

  static void write(HttpServletResponse response, Map<String, Object> body) throws IOException {
    write(response, 200, "application/json", body);
  }

  static void problem(HttpServletResponse response, int status, String title, String detail)
      throws IOException {
    Map<String, Object> body = Map.of("title", title, "status", status, "detail", detail);
    write(response, status, "application/problem+json", body);
  }

  private static void write(
      HttpServletResponse response, int status, String type, Map<String, Object> body)
      throws IOException {
    response.setStatus(status);
    response.setContentType(type);
    response.setHeader("Cache-Control", "no-store");
    response.getOutputStream().write(MAPPER.writeValueAsBytes(body));
  }
}
