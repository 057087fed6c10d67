// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;

/** Tomcat 11. */
final class TomcatContainer implements Container {

  private final Tomcat server = new Tomcat();

  TomcatContainer(App app, Path directory) throws Exception {
    server.setBaseDir(directory.toString());
    server.setPort(0);
    Context context = server.addContext("", null);
    context.addServletContainerInitializer((classes, ctx) -> app.start(ctx), Set.of());
    ErrorPage status = new ErrorPage();
    status.setErrorCode(503);
    status.setLocation(ERROR_PAGE);
    context.addErrorPage(status);
    ErrorPage exception = new ErrorPage();
    exception.setExceptionType(Broken.class.getName());
    exception.setLocation(ERROR_PAGE);
    context.addErrorPage(exception);
    server.getConnector();
    server.start();
  }

  @Override
  public int port() {
    return server.getConnector().getLocalPort();
  }

  @Override
  public void close() throws Exception {
    server.stop();
    server.destroy();
  }
}
