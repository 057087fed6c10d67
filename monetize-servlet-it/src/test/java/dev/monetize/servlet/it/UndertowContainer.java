// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceHandle;
import jakarta.servlet.ServletContainerInitializer;
import java.net.InetSocketAddress;
import java.util.Set;

/** Undertow 2.3. */
final class UndertowContainer implements Container {

  private final DeploymentManager deployment;
  private final Undertow server;

  UndertowContainer(App app) throws Exception {
    ServletContainerInitializer initializer = (classes, context) -> app.start(context);
    InstanceFactory<ServletContainerInitializer> factory =
        () -> new ImmediateInstanceHandle<>(initializer);
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(UndertowContainer.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName("app")
            .addErrorPage(Servlets.errorPage(ERROR_PAGE, 503))
            .addErrorPage(Servlets.errorPage(ERROR_PAGE, Broken.class))
            .addServletContainerInitializer(
                new ServletContainerInitializerInfo(
                    ServletContainerInitializer.class, factory, Set.of()));
    deployment = Servlets.newContainer().addDeployment(info);
    deployment.deploy();
    server =
        Undertow.builder().addHttpListener(0, "localhost").setHandler(deployment.start()).build();
    server.start();
  }

  @Override
  public int port() {
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  @Override
  public void close() throws Exception {
    server.stop();
    deployment.stop();
    deployment.undeploy();
  }
}
