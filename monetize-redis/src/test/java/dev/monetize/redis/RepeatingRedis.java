// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.executors.CommandExecutor;
import redis.clients.jedis.executors.DefaultCommandExecutor;
import redis.clients.jedis.providers.PooledConnectionProvider;

/**
 * A client that sends each command twice, and once more after the next one: as one of a cluster
 * does where answers are lost, and what was sent at first is held up on its way.
 */
final class RepeatingRedis extends UnifiedJedis {

  RepeatingRedis(int port) {
    this(new PooledConnectionProvider(new HostAndPort("localhost", port)));
  }

  private RepeatingRedis(PooledConnectionProvider provider) {
    super(new Commands(provider), provider, RedisProtocol.RESP2, null);
  }

  private static final class Commands implements CommandExecutor {

    private final CommandExecutor executor;
    private @Nullable CommandObject<?> former;

    Commands(PooledConnectionProvider provider) {
      this.executor = new DefaultCommandExecutor(provider);
    }

    @Override
    public synchronized <T> T executeCommand(CommandObject<T> command) {
      executor.executeCommand(command);
      T answer = executor.executeCommand(command);
      if (former != null) {
        executor.executeCommand(former);
      }
      former = command;
      return answer;
    }

    @Override
    public void close() throws Exception {
      executor.close();
    }
  }
}
