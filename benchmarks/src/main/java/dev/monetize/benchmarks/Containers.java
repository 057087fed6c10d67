// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceHandle;
import jakarta.servlet.ServletContainerInitializer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Starts an app on one of three containers, each with the settings that it comes with. */
enum Containers {
  JETTY {
    @Override
    Running start(ServletContainerInitializer app) throws Exception {
      Server server = new Server(0);
      ServletContextHandler context = new ServletContextHandler("/");
      context.addServletContainerInitializer(app);
      server.setHandler(context);
      server.start();
      return new Running(
          ((ServerConnector) server.getConnectors()[0]).getLocalPort(), server::stop);
    }
  },
  TOMCAT {
    @Override
    Running start(ServletContainerInitializer app) throws Exception {
      Tomcat server = new Tomcat();
      server.setBaseDir(Files.createTempDirectory("tomcat").toString());
      server.setPort(0);
      Context context = server.addContext("", null);
      context.addServletContainerInitializer(app, Set.of());
      // It would end a connection after 100 requests, which the load's one does not survive.
      ((Http11NioProtocol) server.getConnector().getProtocolHandler()).setMaxKeepAliveRequests(-1);
      server.start();
      return new Running(server.getConnector().getLocalPort(), server::stop);
    }
  },
  UNDERTOW {
    @Override
    Running start(ServletContainerInitializer app) throws Exception {
      DeploymentInfo info =
          Servlets.deployment()
              .setClassLoader(Containers.class.getClassLoader())
              .setContextPath("/")
              .setDeploymentName("app")
              .addServletContainerInitializer(
                  new ServletContainerInitializerInfo(
                      ServletContainerInitializer.class,
                      () -> new ImmediateInstanceHandle<>(app),
                      Set.of()));
      DeploymentManager deployment = Servlets.newContainer().addDeployment(info);
      deployment.deploy();
      Undertow server =
          Undertow.builder().addHttpListener(0, "localhost").setHandler(deployment.start()).build();
      server.start();
      int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
      return new Running(port, server::stop);
    }
  };

  /** A started one. */
  record Running(int port, Stop stop) {}

  /** Stops it. */
  interface Stop {
    void stop() throws Exception;
  }

  abstract Running start(ServletContainerInitializer app) throws Exception;

  static Containers of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
