// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An instance in a process of its own, so that it can be killed. */
final class InstanceProcess implements AutoCloseable {

  static final String ADMIN_TOKEN = "a-token-of-some-length";

  private static final List<String> NAMES =
      List.of(
          "REDIS_URL",
          "MONETIZE_PEPPER",
          "MONETIZE_DEMO_SECRET",
          "MONETIZE_DATA",
          "PORT",
          "STRIPE_API_KEY",
          "STRIPE_API_BASE",
          "STRIPE_WEBHOOK_SECRET",
          "STRIPE_FLUSH_SECONDS");

  private final Process process;
  private final List<String> lines = new ArrayList<>();

  private InstanceProcess(Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            Production.class.getName());
    builder.environment().keySet().removeAll(NAMES);
    builder.environment().put("MONETIZE_ADMIN_TOKEN", ADMIN_TOKEN);
    builder.environment().putAll(environment);
    process = builder.start();
  }

  /** What an instance needs. */
  static Map<String, String> environment(String redis, Path data) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PORT", "0");
    environment.put("REDIS_URL", redis);
    environment.put("MONETIZE_PEPPER", "a pepper of tests");
    environment.put("MONETIZE_DEMO_SECRET", "a demo of tests");
    environment.put("MONETIZE_DATA", data.toString());
    return environment;
  }

  /** Starts one; it may not be ready. */
  static InstanceProcess start(Map<String, String> environment) throws IOException {
    return new InstanceProcess(environment);
  }

  /** Waits until it is; what it logs from here on is passed on. */
  InstanceProcess awaitReady() throws IOException {
    BufferedReader out = process.inputReader();
    String line;
    do {
      line = out.readLine();
      if (line == null) {
        throw new IOException("ended before it was ready: " + lines + errors());
      }
      lines.add(line);
    } while (!line.startsWith("ready "));
    Thread log = new Thread(this::passOn);
    log.setDaemon(true);
    log.start();
    return this;
  }

  private void passOn() {
    try {
      process.getErrorStream().transferTo(System.err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that it wrote to the standard error, when it has ended. */
  String errors() throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** All lines printed up to and with {@code ready}. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** The key printed of a tier. */
  String key(String tier) {
    String start = "key " + tier + " ";
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()))
        .findFirst()
        .orElseThrow();
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
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
