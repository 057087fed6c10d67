// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.util.ImmediateInstanceHandle;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three containers share one JVM and one Servlet API; this test fails first if they cannot. */
class ContainersStartTest {

  @Test
  void jetty_serves() throws Exception {
    Server server = new Server(0);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(new Hello()), "/hello");
    server.setHandler(context);
    server.start();
    try {
      assertThat(get(((ServerConnector) server.getConnectors()[0]).getLocalPort()))
          .isEqualTo("hello");
    } finally {
      server.stop();
    }
  }

  @Test
  void tomcat_serves(@TempDir Path base) throws Exception {
    Tomcat server = new Tomcat();
    server.setBaseDir(base.toString());
    server.setPort(0);
    Tomcat.addServlet(server.addContext("", null), "hello", new Hello()).addMapping("/hello");
    server.getConnector();
    server.start();
    try {
      assertThat(get(server.getConnector().getLocalPort())).isEqualTo("hello");
    } finally {
      server.stop();
      server.destroy();
    }
  }

  @Test
  void undertow_serves() throws Exception {
    InstanceFactory<Hello> hello = () -> new ImmediateInstanceHandle<>(new Hello());
    var deployment =
        Servlets.defaultContainer()
            .addDeployment(
                Servlets.deployment()
                    .setClassLoader(getClass().getClassLoader())
                    .setContextPath("/")
                    .setDeploymentName("hello")
                    .addServlet(
                        Servlets.servlet("hello", Hello.class, hello).addMapping("/hello")));
    deployment.deploy();
    Undertow server =
        Undertow.builder().addHttpListener(0, "localhost").setHandler(deployment.start()).build();
    server.start();
    try {
      var address = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
      assertThat(get(address.getPort())).isEqualTo("hello");
    } finally {
      server.stop();
      deployment.stop();
    }
  }

  private static String get(int port) throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + port + "/hello");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }

  private static final class Hello extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("hello");
    }
  }
}
