// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.RecordingSink;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;

/** A journal on a cluster and through sentinels, through a failover. */
@Timeout(120)
class JournalTopologyTest {

  private static final JedisClientConfig QUICK =
      DefaultJedisClientConfig.builder().timeoutMillis(500).build();

  private static void through(UnifiedJedis redis, Runnable failOver) throws Exception {
    RecordingSink sink = new RecordingSink();
    try (JournalInstance one = JournalInstance.open(redis, settings -> settings.replicas(1));
        JournalInstance other = JournalInstance.open(redis, settings -> settings.replicas(1))) {
      one.ship("files", sink);
      long last = append(one, other);
      failOver.run();
      append(one, other);

      one.journal.sync(Duration.ofSeconds(30));
      other.journal.sync(Duration.ofSeconds(30));
      assertThat(one.journal.durable()).isGreaterThan(last);
      assertThat(one.total("acme")).isEqualTo(400);
      assertThat(other.total("acme")).isEqualTo(400);
      TestNodes.await("all has arrived", () -> sink.events().size() == 400);
      assertThat(one.journal.gaps()).isEmpty();
      try (JournalInstance later = JournalInstance.open(redis)) {
        assertThat(later.known("acme")).isEqualTo(400);
      }
    }
  }

  /** Appends until each has 100 more; the last sequence. */
  private static long append(JournalInstance one, JournalInstance other) {
    long last = 0;
    for (int i = 0; i < 100; i++) {
      one.append("acme", 1);
      long sequence = other.append("acme", 1);
      last = Math.max(last, sequence);
    }
    return last;
  }

  @Test
  void sentinels() throws Exception {
    try (TestSentinel sentinel = TestSentinel.start();
        UnifiedJedis redis =
            RedisSentinelClient.builder()
                .masterName(TestSentinel.NAME)
                .sentinels(sentinel.addresses())
                .clientConfig(QUICK)
                .build()) {
      through(redis, sentinel::failOver);
    }
  }

  @Test
  void cluster() throws Exception {
    try (TestCluster cluster = TestCluster.start();
        UnifiedJedis redis =
            RedisClusterClient.builder().nodes(cluster.addresses()).clientConfig(QUICK).build()) {
      through(redis, cluster::failOver);
    }
  }
}
