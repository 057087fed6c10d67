// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Monetizer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Optional;

/** Where the filter and the servlets of a web app find its engine. */
public final class MonetizeContext {

  private static final String NAME = "dev.monetize.Monetizer";
  private static final String IDENTITY = "dev.monetize.identity";

  private MonetizeContext() {}

  /** Makes an engine known to a web app, before its filters and servlets are initialized. */
  public static void put(ServletContext context, Monetizer monetizer) {
    context.setAttribute(NAME, monetizer);
  }

  /** The engine of a web app, if it has one yet. */
  public static Optional<Monetizer> find(ServletContext context) {
    return context.getAttribute(NAME) instanceof Monetizer monetizer
        ? Optional.of(monetizer)
        : Optional.empty();
  }

  static Monetizer require(ServletContext context) throws ServletException {
    return find(context)
        .orElseThrow(
            () ->
                new ServletException(
                    "no Monetizer in this web app: register the MonetizeFilter first, or"
                        + " MonetizeContext.put"));
  }

  /** Makes known how the filter of a web app identifies callers. */
  static void put(ServletContext context, RequestIdentity identity) {
    context.setAttribute(IDENTITY, identity);
  }

  /** How callers are identified: as the filter does, or by key alone where there is none. */
  static RequestIdentity identity(ServletContext context) {
    return context.getAttribute(IDENTITY) instanceof RequestIdentity identity
        ? identity
        : new RequestIdentity();
  }
}
