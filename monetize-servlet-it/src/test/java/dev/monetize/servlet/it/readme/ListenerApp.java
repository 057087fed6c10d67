// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it.readme;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A {@link ListenerHost} in a process of its own, because its working directory matters. */
final class ListenerApp implements AutoCloseable {

  private final Process process;
  private final int port;

  /** Starts it in a directory that holds the listener's class too. */
  ListenerApp(Path directory, String listener) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                directory + File.pathSeparator + System.getProperty("java.class.path"),
                ListenerHost.class.getName(),
                listener)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = process.inputReader().readLine();
    if (line == null) {
      throw new IOException("the app ended before it had started");
    }
    port = Integer.parseInt(line);
  }

  int port() {
    return port;
  }

  /** Has it stop, and waits until it did. */
  @Override
  public void close() throws Exception {
    process.getOutputStream().close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("the app did not stop");
    }
  }
}
