// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import redis.clients.jedis.CommandObject;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.executors.CommandExecutor;
import redis.clients.jedis.executors.DefaultCommandExecutor;
import redis.clients.jedis.providers.PooledConnectionProvider;

/** A client whose connection breaks at a command, before the server has it or after. */
final class FailingRedis extends UnifiedJedis {

  private final Commands commands;

  FailingRedis(int port) {
    this(new PooledConnectionProvider(new HostAndPort("localhost", port)));
  }

  private FailingRedis(PooledConnectionProvider provider) {
    this(new Commands(new DefaultCommandExecutor(provider)), provider);
  }

  private FailingRedis(Commands commands, PooledConnectionProvider provider) {
    super(commands, provider, RedisProtocol.RESP2, null);
    this.commands = commands;
  }

  /** The n-th command from now on breaks, once; none for 0. */
  void failAt(int n, boolean done) {
    commands.left = n;
    commands.done = done;
  }

  /** Whether it has not broken yet. */
  boolean waits() {
    return commands.left > 0;
  }

  private static final class Commands implements CommandExecutor {

    private final CommandExecutor executor;
    private int left;
    private boolean done;

    Commands(CommandExecutor executor) {
      this.executor = executor;
    }

    @Override
    public <T> T executeCommand(CommandObject<T> command) {
      boolean fails = left > 0 && --left == 0;
      if (fails && !done) {
        throw new JedisConnectionException("it broke before");
      }
      T answer = executor.executeCommand(command);
      if (fails) {
        throw new JedisConnectionException("it broke after");
      }
      return answer;
    }

    @Override
    public void close() throws Exception {
      executor.close();
    }
  }
}
