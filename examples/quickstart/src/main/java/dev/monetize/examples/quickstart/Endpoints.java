// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;

/** The app's endpoints: plain servlets that know nothing of tiers, but for one that adds units. */
final class Endpoints {

  private Endpoints() {}

  static void addTo(ServletContextHandler app) {
    app.addServlet(new ServletHolder(new Text("hello")), "/v1/basic/hello");
    app.addServlet(new ServletHolder(new Report()), "/v1/reports/*");
    app.addServlet(new ServletHolder(new Text("stats")), "/v1/admin/stats");
    app.addServlet(new ServletHolder(new Fail()), "/v1/fail");
    app.addServlet(new ServletHolder(new Text("ok")), "/health");
    ServletHolder generate = new ServletHolder(new Generate());
    generate.setAsyncSupported(true);
    app.addServlet(generate, "/v1/generate");
  }

  /** Answers with a text. */
  private static final class Text extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final String text;

    Text(String text) {
      this.text = text;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.getWriter().println(text);
    }
  }

  /** Answers with the report of a number. */
  private static final class Report extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String id = request.getPathInfo();
      if (id == null || !id.matches("/\\d{1,9}")) {
        response.sendError(HttpServletResponse.SC_NOT_FOUND);
        return;
      }
      response.setContentType("application/json");
      response.getWriter().println("{\"report\":" + id.substring(1) + "}");
    }
  }

  /** Always fails. */
  private static final class Fail extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      throw new IllegalStateException("this endpoint always fails");
    }
  }
}
