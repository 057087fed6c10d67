// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.clients.jedis.util.Pool;

/**
 * Has a server run a script, at most once: a question whose answer is lost is not put again, as a
 * client of a cluster would. Who asks waits for a timeout once, and not for a pool that is used up,
 * nor until a broken connection has been replaced. Thread-safe.
 */
final class Wire {

  private static final Logger log = LoggerFactory.getLogger(RedisRateLimiter.class);
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(2);
  private static final Executor BROKEN = broken();

  private final UnifiedJedis redis;

  /** How long to wait for a connection of the pool: as long as for an answer. */
  private volatile Duration patience = FIRST_PATIENCE;

  /** Nobody was asked. */
  static final class NotAsked extends JedisConnectionException {

    private static final long serialVersionUID = 1;

    NotAsked(String message, Throwable cause) {
      super(message, cause);
    }

    private NotAsked(String message) {
      super(message);
    }
  }

  Wire(UnifiedJedis redis) {
    this.redis = redis;
  }

  /** A thread for what is broken: a pool makes a new connection, in vain maybe, for each. */
  private static Executor broken() {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "monetize-redis-broken");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }

  /**
   * Runs a script.
   *
   * @param wanted whether it still is, when there is a connection to ask on
   * @throws NotAsked if there is none, or it is not wanted any more
   */
  byte[] run(LuaScript script, List<byte[]> keys, List<byte[]> arguments, BooleanSupplier wanted) {
    Connection connection = borrowed(keys.get(0));
    if (connection == null) {
      return script.run(redis, keys, arguments);
    }
    try {
      if (!wanted.getAsBoolean()) {
        throw new NotAsked("meanwhile nobody asks");
      }
      return script.run(connection, keys, arguments);
    } catch (JedisRedirectionException e) {
      return script.run(redis, keys, arguments); // which learns where it is now
    } finally {
      giveBack(connection);
    }
  }

  private @Nullable Connection borrowed(byte[] key) {
    try {
      return connection(key);
    } catch (NotAsked e) {
      throw e;
    } catch (JedisConnectionException | JedisClusterOperationException e) {
      BROKEN.execute(this::renew);
      throw new NotAsked("no connection", e);
    }
  }

  private @Nullable Connection connection(byte[] key) {
    if (redis instanceof RedisClusterClient cluster) {
      return cluster.getConnectionFromSlot(JedisClusterCRC16.getSlot(key));
    }
    if (redis instanceof RedisClient client) {
      return of(client.getPool());
    }
    return redis instanceof RedisSentinelClient client
        ? of(client.getPrimaryNodesConnectionMap().values().iterator().next())
        : null;
  }

  private Connection of(Pool<Connection> pool) {
    try {
      Connection connection = pool.borrowObject(patience);
      connection.setHandlingPool((ConnectionPool) pool);
      int timeout = connection.getSoTimeout();
      if (timeout > 0 && timeout != patience.toMillis()) {
        patience = Duration.ofMillis(timeout);
      }
      return connection;
    } catch (JedisException e) {
      throw e;
    } catch (NoSuchElementException e) {
      throw new NotAsked("all connections of the pool are in use; give the client a larger one", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotAsked("interrupted", e);
    } catch (Exception e) {
      throw new NotAsked("no connection", e);
    }
  }

  private void giveBack(Connection connection) {
    if (connection.isBroken()) {
      BROKEN.execute(() -> close(connection));
      BROKEN.execute(this::renew);
    } else {
      connection.close();
    }
  }

  private static void close(Connection broken) {
    try {
      broken.close();
    } catch (RuntimeException e) {
      log.debug("no new connection", e);
    }
  }

  /** A cluster may have another primary now. */
  private void renew() {
    if (redis instanceof RedisClusterClient cluster) {
      try {
        cluster.refreshClusterTopology();
      } catch (RuntimeException e) {
        log.debug("no node of the cluster tells who has what", e);
      }
    }
  }
}
