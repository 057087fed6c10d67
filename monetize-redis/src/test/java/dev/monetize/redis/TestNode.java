// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/** A server process of the tests. */
final class TestNode {

  private final HostAndPort address;
  private final Process process;
  private final Path log;

  TestNode(int port, Process process, Path log) {
    this.address = new HostAndPort("127.0.0.1", port);
    this.process = process;
    this.log = log;
  }

  HostAndPort address() {
    return address;
  }

  int port() {
    return address.getPort();
  }

  /** Asks it on a connection of its own. */
  <T> T ask(Function<Jedis, T> question) {
    try (Jedis jedis = new Jedis(address)) {
      return question.apply(jedis);
    }
  }

  /** A command that the client has no method for. */
  Object command(Protocol.Command command, String... arguments) {
    return ask(jedis -> jedis.sendCommand(command, arguments));
  }

  /** What it tells of its replication under a name, {@code ""} if nothing. */
  String replication(String name) {
    return ask(jedis -> jedis.info("replication"))
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElse("");
  }

  /** Waits until it answers. */
  TestNode awaitReady() {
    TestNodes.await(
        "server on port " + port() + " answers",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("server on port " + port() + " ended:\n" + log());
          }
          return ask(Jedis::ping).equals("PONG");
        });
    return this;
  }

  /** Waits until it has, as a replica, what its primary has written by now. */
  void awaitCaughtUp(TestNode primary) {
    long written = Long.parseLong(primary.replication("master_repl_offset"));
    TestNodes.await(
        "replica on port " + port() + " has caught up",
        () ->
            replication("master_link_status").equals("up")
                && Long.parseLong(replication("slave_repl_offset")) >= written);
  }

  /** Ends it without its leave; returns when it is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  private String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
