// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;

/** The routes of a path, by method. Immutable. */
final class MethodRoutes {

  private final String[] methods;
  private final Route[] routes;
  private final Route other;

  /**
   * @param own of the methods that have a route of their own
   */
  MethodRoutes(List<Landing> own, Route other) {
    this.methods = own.stream().map(Landing::method).toArray(String[]::new);
    this.routes = own.stream().map(Landing::route).toArray(Route[]::new);
    this.other = other;
  }

  Route of(String method) {
    if (methods.length == 0) {
      return other;
    }
    String treated = method.equals("HEAD") ? "GET" : method;
    for (int i = 0; i < methods.length; i++) {
      if (methods[i].equals(treated)) {
        return routes[i];
      }
    }
    return other;
  }
}
