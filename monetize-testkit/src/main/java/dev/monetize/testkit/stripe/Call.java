// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came over HTTP; names of headers are in lower case. */
record Call(String method, String path, String query, Map<String, String> headers, String body) {

  @Nullable String header(String name) {
    return headers.get(name);
  }

  boolean v2() {
    return path.startsWith("/v2/");
  }

  boolean mutates() {
    return !method.equals("GET");
  }

  /** Of the query and of the body. */
  ObjectNode params() {
    ObjectNode params = Form.decode(query);
    String type = headers.getOrDefault("content-type", "");
    if (!body.isEmpty()) {
      if (type.startsWith("application/json")) {
        params.setAll(jsonObject());
      } else {
        params.setAll(Form.decode(body));
      }
    }
    return params;
  }

  private ObjectNode jsonObject() {
    if (Json.parse(body) instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException("the body must be a JSON object");
  }
}
