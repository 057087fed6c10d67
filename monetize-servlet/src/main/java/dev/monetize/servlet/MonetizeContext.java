// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Monetizer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/** Where the filter and the servlets of a web app find its engine. */
public final class MonetizeContext {

  private static final String NAME = "dev.monetize.Monetizer";

  private MonetizeContext() {}

  /** Makes an engine known to a web app, before its filters and servlets are initialized. */
  public static void put(ServletContext context, Monetizer monetizer) {
    context.setAttribute(NAME, monetizer);
  }

  static @Nullable Monetizer get(ServletContext context) {
    return context.getAttribute(NAME) instanceof Monetizer monetizer ? monetizer : null;
  }

  static Monetizer require(ServletContext context) throws ServletException {
    Monetizer monetizer = get(context);
    if (monetizer == null) {
      throw new ServletException(
          "no Monetizer in this web app: register the MonetizeFilter first, or MonetizeContext.put");
    }
    return monetizer;
  }
}
