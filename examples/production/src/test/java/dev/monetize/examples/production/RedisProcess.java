// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import dev.monetize.testkit.FreePorts;
import java.io.IOException;
import redis.embedded.RedisServer;

/** A Redis with a password, in a process of its own. */
final class RedisProcess implements AutoCloseable {

  private final int port;
  private final RedisServer server;

  RedisProcess() throws IOException {
    port = FreePorts.next();
    server =
        RedisServer.builder()
            .port(port)
            .setting("save \"\"")
            .setting("maxmemory-policy noeviction")
            .setting("requirepass \"se/cret\"")
            .build();
    server.start();
  }

  String url() {
    return "redis://:se%2Fcret@localhost:" + port;
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
