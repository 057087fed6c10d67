// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A web app under test: what it adds to its context while it starts. */
@FunctionalInterface
interface App {

  void start(ServletContext context) throws ServletException;

  /** A handler as a lambda. */
  @FunctionalInterface
  interface Handler {
    void handle(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  /** Maps a handler, for all methods, with support for asynchronous work. */
  static void map(ServletContext context, String pattern, Handler handler) {
    var servlet = context.addServlet("at " + pattern, new Handling(handler));
    servlet.setAsyncSupported(true);
    servlet.addMapping(pattern);
  }

  /** Maps a servlet. */
  static void map(ServletContext context, String pattern, HttpServlet servlet) {
    context.addServlet("at " + pattern, servlet).addMapping(pattern);
  }

  /** Runs a handler. */
  final class Handling extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Handler handler;

    Handling(Handler handler) {
      this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      handler.handle(request, response);
    }
  }
}
