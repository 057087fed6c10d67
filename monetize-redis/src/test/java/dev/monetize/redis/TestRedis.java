// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.testkit.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.embedded.RedisServer;

/** A server for all tests of a run, empty at the beginning of each. */
final class TestRedis {

  private static final RedisServer SERVER = start();

  private TestRedis() {}

  private static RedisServer start() {
    RedisServer server = RedisServer.builder().port(FreePorts.next()).setting("save \"\"").build();
    server.start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
    return server;
  }

  static int port() {
    return SERVER.ports().get(0);
  }

  /** Has a server keep the script of limits; its hash there. */
  static byte[] loadLimits(UnifiedJedis redis) {
    try (InputStream in = RedisRateLimiter.class.getResourceAsStream("limit.lua")) {
      String hash = redis.scriptLoad(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      return hash.getBytes(StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client of the server, which has nothing. */
  static RedisClient empty() {
    RedisClient client = RedisClient.create("localhost", port());
    client.flushAll();
    return client;
  }
}
