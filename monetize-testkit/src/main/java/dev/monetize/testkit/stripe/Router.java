// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which endpoint answers which call. Routes are added before the first call. */
final class Router {

  /** An endpoint. */
  @FunctionalInterface
  interface Endpoint {
    JsonNode answer(Request request);
  }

  /** An endpoint and what the path named. */
  record Match(Endpoint endpoint, List<String> names) {}

  private record Route(List<String> segments, Endpoint endpoint) {}

  private final Map<String, Endpoint> literal = new HashMap<>();
  private final Map<String, List<Route>> patterns = new HashMap<>();

  /** A route such as {@code /v1/customers/*}; a literal one goes first. */
  void add(String method, String path, Endpoint endpoint) {
    if (!path.contains("*")) {
      literal.put(method + path, endpoint);
    } else {
      List<String> segments = List.of(path.split("/"));
      patterns
          .computeIfAbsent(method + segments.size(), key -> new ArrayList<>())
          .add(new Route(segments, endpoint));
    }
  }

  @Nullable Match find(String method, String path) {
    Endpoint exact = literal.get(method + path);
    if (exact != null) {
      return new Match(exact, List.of());
    }
    List<String> segments = List.of(path.split("/"));
    for (Route route : patterns.getOrDefault(method + segments.size(), List.of())) {
      List<String> names = names(route.segments(), segments);
      if (names != null) {
        return new Match(route.endpoint(), names);
      }
    }
    return null;
  }

  private static @Nullable List<String> names(List<String> route, List<String> path) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < route.size(); i++) {
      if (route.get(i).equals("*")) {
        names.add(path.get(i));
      } else if (!route.get(i).equals(path.get(i))) {
        return null;
      }
    }
    return names;
  }
}
