// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it.readme;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** An app that knows nothing of Monetize but the name of a listener; prints its port. */
public final class ListenerHost {

  private ListenerHost() {}

  /** Runs until its input ends. */
  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Path.of("tomcat").toAbsolutePath().toString());
    tomcat.setPort(0);
    Context app = tomcat.addContext("", null);
    app.addApplicationListener(args[0]);
    Tomcat.addServlet(app, "hello", new Hello()).addMapping("/v1/hello");
    tomcat.getConnector();
    tomcat.start();
    System.out.println(tomcat.getConnector().getLocalPort());
    System.in.readAllBytes();
    tomcat.stop();
    tomcat.destroy();
  }

  /** The app's endpoint. */
  public static final class Hello extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("hello");
    }
  }
}
