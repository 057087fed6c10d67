// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Caller;
import dev.monetize.Denied;
import dev.monetize.Identification;
import dev.monetize.Monetizer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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

  /**
   * Who calls, as the filter would identify it, for servlets that tell a customer something of its
   * own, and are no metered calls. Whoever is not known is answered with the problem.
   *
   * @return empty if the response is written
   */
  public static Optional<Caller> caller(
      Monetizer monetizer, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    RequestIdentity identity = identity(request.getServletContext());
    Identification who =
        monetizer.identify(
            identity.credential(request, monetizer.keyFormat()), identity.address(request));
    if (who instanceof Denied denied) {
      Problem.send(response, denied, monetizer, new LimitHeaders(false));
      return Optional.empty();
    }
    return Optional.of((Caller) who);
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
