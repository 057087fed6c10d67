// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A call that found its endpoint: what its path names, and its parameters, as they came or read.
 */
record Request(Call call, List<String> names, ObjectNode params) {

  String path() {
    return call.path();
  }

  /** What the first {@code *} of the route stood for. */
  String id() {
    return names.get(0);
  }

  /** What the second one stood for. */
  String second() {
    return names.get(1);
  }

  /** With parameters of these kinds. */
  Request as(Shape shape) {
    return new Request(call, names, shape.read(params));
  }

  /** With parameters of a list, and these. */
  Request asList(String filters) {
    return as(Shape.of(Listing.PARAMS + filters));
  }
}
