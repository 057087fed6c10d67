// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.RedisExecProvider;

/** Server processes with a directory, all gone after {@link #close} or at the end of the run. */
final class TestNodes implements AutoCloseable {

  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final Path directory;
  private final Path executable;
  private final List<TestNode> nodes = new ArrayList<>();
  private final Thread hook = new Thread(this::stop);

  TestNodes(String name) {
    try {
      directory = Files.createTempDirectory("monetize-" + name);
      executable = RedisExecProvider.defaultProvider().get().toPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a server with lines of configuration; it may not be ready. On a port that had one
   * before, it has what that one has saved.
   */
  TestNode start(int port, List<String> settings, String... options) {
    try {
      Path home = Files.createDirectories(directory.resolve(Integer.toString(port)));
      List<String> lines = new ArrayList<>(List.of("port " + port, "bind 127.0.0.1"));
      lines.add("dir " + home);
      lines.addAll(settings);
      Path configuration = Files.write(home.resolve("redis.conf"), lines);
      List<String> command = new ArrayList<>(List.of(executable.toString()));
      command.add(configuration.toString());
      command.addAll(List.of(options));
      Path log = home.resolve("log");
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      TestNode node = new TestNode(port, builder.redirectOutput(log.toFile()).start(), log);
      nodes.add(node);
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks until it is so; an error of the client's is a no. */
  static void await(String what, BooleanSupplier asked) {
    long start = System.nanoTime();
    JedisException last = null;
    while (System.nanoTime() - start < PATIENCE) {
      try {
        if (asked.getAsBoolean()) {
          return;
        }
      } catch (JedisException e) {
        last = e;
      }
      LockSupport.parkNanos(POLL);
    }
    throw new AssertionError("not so within a minute: " + what, last);
  }

  @Override
  public void close() {
    stop();
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  private void stop() {
    nodes.forEach(TestNode::kill);
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
