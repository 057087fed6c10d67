// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.Direction;
import dev.monetize.testkit.FaultProxy;
import dev.monetize.testkit.Traffic;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** What the Javadoc of {@link FaultProxy} shows. */
class FaultProxyExampleTest {

  @Test
  void example_isTrue() {
    TestRedis.empty().close();
    try (FaultProxy proxy = FaultProxy.to("localhost", TestRedis.port());
        RedisClient client = RedisClient.create("localhost", proxy.port())) {
      client.ping();
      Traffic before = proxy.traffic();
      client.incr("calls");
      assertThat(proxy.traffic().since(before).turns()).isEqualTo(1); // one round trip
      proxy.cutAfter(Direction.TO_CLIENT, 0); // the server counts, its answer is lost
      assertThatThrownBy(() -> client.incr("calls")).isInstanceOf(JedisConnectionException.class);
      proxy.refuse(); // now the server is gone
      proxy.reset();
      assertThatThrownBy(() -> client.incr("calls")).isInstanceOf(JedisConnectionException.class);
      proxy.heal();
      assertThat(client.get("calls")).isEqualTo("2");
    }
  }
}
