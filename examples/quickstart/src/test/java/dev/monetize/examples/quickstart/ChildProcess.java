// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The quickstart in a process of its own, so that it can be killed. */
final class ChildProcess implements AutoCloseable {

  private final Process process;
  private final List<String> lines = new ArrayList<>();

  ChildProcess(Path data) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            Quickstart.class.getName());
    builder.environment().put("PORT", "0");
    builder.environment().put("MONETIZE_DATA", data.toString());
    builder.environment().remove("MONETIZE_ADMIN_TOKEN");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
    BufferedReader out = process.inputReader();
    String line;
    do {
      line = out.readLine();
      if (line == null) {
        throw new IOException("the quickstart ended before it was ready: " + lines);
      }
      lines.add(line);
    } while (!line.startsWith("ready "));
  }

  /** All lines printed up to and with {@code ready}. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** The keys printed, by tier. */
  Map<String, String> keys() {
    Map<String, String> keys = new HashMap<>();
    for (String line : lines) {
      List<String> words = List.of(line.split(" ", 3));
      if (words.get(0).equals("key")) {
        keys.put(words.get(1), words.get(2));
      }
    }
    return keys;
  }

  Api api() {
    return new Api(lines.get(lines.size() - 1).substring("ready ".length()));
  }

  /** SIGTERM; whether it ends within a time. */
  boolean terminate(long seconds) throws InterruptedException {
    process.destroy();
    return process.waitFor(seconds, TimeUnit.SECONDS);
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
