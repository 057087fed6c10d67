// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Customer;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.Subscription;
import dev.monetize.testkit.FreePorts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.embedded.RedisSentinel;
import redis.embedded.RedisServer;

/** A cluster, and a server behind Sentinel: everything is written, found and told there too. */
class RedisKindsTest {

  private static final Instant CREATED = Instant.parse("2026-01-14T10:00:00Z");

  @TempDir private Path directory;

  @Test
  void cluster_keepsNamesAnywhere() throws Exception {
    int port = FreePorts.next();
    RedisServer server =
        RedisServer.builder()
            .port(port)
            .setting("cluster-enabled yes")
            .setting("cluster-announce-ip 127.0.0.1")
            .setting("cluster-port " + FreePorts.next())
            .setting("dir " + directory)
            .build();
    server.start();
    try {
      try (RedisClient node = RedisClient.create("127.0.0.1", port)) {
        ServerCommand.run(node, Protocol.Command.CLUSTER, "ADDSLOTSRANGE", "0", "16383");
        while (!state(node).contains("cluster_state:ok")) {
          Thread.onSpinWait();
        }
      }
      try (RedisClusterClient cluster =
          RedisClusterClient.create(Set.of(new HostAndPort("127.0.0.1", port)))) {
        tryAll(cluster);
      }
    } finally {
      server.stop();
    }
  }

  private static String state(RedisClient node) {
    byte[] info = (byte[]) ServerCommand.run(node, Protocol.Command.CLUSTER, "INFO");
    return new String(info, StandardCharsets.US_ASCII);
  }

  @Test
  void sentinel_leadsToTheMaster() throws Exception {
    int port = FreePorts.next();
    RedisSentinel sentinel =
        RedisSentinel.builder()
            .port(port)
            .masterName("main")
            .masterPort(TestRedis.port())
            .quorumSize(1)
            .build();
    TestRedis.empty().close();
    sentinel.start();
    try (RedisSentinelClient redis =
        RedisSentinelClient.builder()
            .masterName("main")
            .sentinels(Set.of(new HostAndPort("127.0.0.1", port)))
            .build()) {
      tryAll(redis);
    } finally {
      sentinel.stop();
    }
  }

  private static void tryAll(UnifiedJedis redis) throws Exception {
    RedisCustomers customers = RedisCustomers.on(redis);
    RedisSubscriptions subscriptions = RedisSubscriptions.on(redis);
    Told told = new Told();
    try (AutoCloseable feed = customers.listen(told);
        AutoCloseable other = subscriptions.listen(told)) {
      told.next(Told.MISSED);
      told.next(Told.MISSED);
      for (int i = 0; i < 20; i++) {
        ApiKey key = new ApiKey("key" + i, "c" + i, KeyHash.sha256("a" + i), "", CREATED, null);
        ApiKey moved = key.withHash(KeyHash.sha256("b" + i)).revokedAt(CREATED);
        Subscription subscription = Subscription.to("pro", "c" + i);
        customers.put(new Customer("c" + i, ""));
        customers.put(key);
        told.next("c" + i);
        customers.put(moved);
        told.next("c" + i);
        told.next("c" + i);
        subscriptions.put(subscription);
        told.next("c" + i);

        assertThat(customers.customer("c" + i)).isPresent();
        assertThat(customers.keys("c" + i)).containsExactly(moved);
        assertThat(customers.find(key.hash())).isEmpty();
        assertThat(customers.find(moved.hash())).isPresent();
        assertThat(subscriptions.find("c" + i)).contains(subscription);
      }
      assertThat(subscriptions.all()).hasSize(20);
    }
  }
}
