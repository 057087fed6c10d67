// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import java.nio.file.Path;

/** A servlet container that runs one app, in the root context, on a free port. */
interface Container extends AutoCloseable {

  /** Where an app finds its own error page, for {@link Broken} and for status 503. */
  String ERROR_PAGE = "/error-page";

  int port();

  @Override
  void close() throws Exception;

  /** The containers there are. */
  enum Kind {
    JETTY {
      @Override
      Container start(App app, Path directory) throws Exception {
        return new JettyContainer(app);
      }
    },
    TOMCAT {
      @Override
      Container start(App app, Path directory) throws Exception {
        return new TomcatContainer(app, directory);
      }
    },
    UNDERTOW {
      @Override
      Container start(App app, Path directory) throws Exception {
        return new UndertowContainer(app);
      }
    };

    /**
     * Starts an app.
     *
     * @param directory an empty one, to work in
     */
    abstract Container start(App app, Path directory) throws Exception;
  }

  /** An app's failure that has an error page of its own. */
  final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
