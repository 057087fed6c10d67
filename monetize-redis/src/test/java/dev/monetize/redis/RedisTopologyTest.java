// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;

/** Limits are held on a cluster and through sentinels, after a failover too. */
class RedisTopologyTest {

  @Nested
  class OnCluster extends TopologyContract {

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
      cluster = TestCluster.start();
    }

    @AfterAll
    static void stop() {
      cluster.close();
    }

    @Override
    UnifiedJedis client(JedisClientConfig config) {
      return RedisClusterClient.builder().nodes(cluster.addresses()).clientConfig(config).build();
    }

    @Override
    List<TestNode> nodes() {
      return cluster.nodes();
    }

    @Override
    void failOver() {
      cluster.failOver();
    }

    @Override
    int slotStep() {
      return 1;
    }
  }

  @Nested
  class ThroughSentinels extends TopologyContract {

    private static TestSentinel sentinel;

    @BeforeAll
    static void start() {
      sentinel = TestSentinel.start();
    }

    @AfterAll
    static void stop() {
      sentinel.close();
    }

    @Override
    UnifiedJedis client(JedisClientConfig config) {
      return RedisSentinelClient.builder()
          .masterName(TestSentinel.NAME)
          .sentinels(sentinel.addresses())
          .clientConfig(config)
          .build();
    }

    @Override
    List<TestNode> nodes() {
      return List.of(sentinel.primary(), sentinel.replica());
    }

    @Override
    void failOver() {
      sentinel.failOver();
    }

    @Override
    int slotStep() {
      return 16; // all are on one server
    }
  }
}
