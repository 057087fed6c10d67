// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Connections to hear on, from a client's pool: of a cluster any node will do, and another one the
 * next time.
 */
final class Subscriber {

  private Subscriber() {}

  /**
   * That a client can give one.
   *
   * @throws IllegalArgumentException if it cannot
   */
  static void check(UnifiedJedis redis) {
    if (!(redis instanceof RedisClient
        || redis instanceof RedisSentinelClient
        || redis instanceof RedisClusterClient)) {
      throw new IllegalArgumentException(
          "changes are heard through a RedisClient, RedisSentinelClient or RedisClusterClient, not"
              + " through a "
              + redis.getClass().getName());
    }
  }

  static Connection connection(UnifiedJedis redis) {
    if (redis instanceof RedisClient client) {
      return client.getPool().getResource();
    }
    if (redis instanceof RedisClusterClient cluster) {
      List<ConnectionPool> nodes = new ArrayList<>(cluster.getClusterNodes().values());
      return nodes.get(ThreadLocalRandom.current().nextInt(nodes.size())).getResource();
    }
    return ((RedisSentinelClient) redis)
        .getPrimaryNodesConnectionMap()
        .values()
        .iterator()
        .next()
        .getResource();
  }

  /** A connection to who may write a key. */
  static Connection primary(UnifiedJedis redis, byte[] key) {
    return redis instanceof RedisClusterClient cluster
        ? cluster.getConnectionFromSlot(JedisClusterCRC16.getSlot(key))
        : connection(redis);
  }
}
