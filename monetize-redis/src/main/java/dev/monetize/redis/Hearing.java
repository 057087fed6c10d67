// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.identity.Changes;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.exceptions.JedisException;

/** One connection that hears what is told, until it is lost or cut. */
final class Hearing extends JedisPubSub implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Hearing.class);

  /** Three times as long as between pings. */
  private static final int SILENT_MILLIS = 3_000;

  private final Connection connection;
  private final Changes.Listener listener;
  private final Runnable begun;
  private final String channel;
  private boolean heard;
  private final long since = System.nanoTime();

  Hearing(Connection connection, String channel, Changes.Listener listener, Runnable begun) {
    this.channel = channel;
    this.connection = connection;
    this.listener = listener;
    this.begun = begun;
  }

  void hear() {
    proceed(connection, channel);
  }

  /** From here on nothing is missed; before, anything may have been. Later ones are answers. */
  @Override
  public void onSubscribe(String name, int channels) {
    if (heard) {
      return;
    }
    heard = true;
    connection.setSoTimeout(SILENT_MILLIS);
    begun.run();
    tell(listener::missed);
  }

  @Override
  public void onMessage(String name, String customer) {
    tell(() -> listener.changed(customer));
  }

  private static void tell(Runnable change) {
    try {
      change.run();
    } catch (RuntimeException e) {
      log.error("a change could not be told", e);
    }
  }

  /**
   * Has the server answer, or ends it if it has not even begun for long; from another thread. Asks
   * for the channel once more: where the answer to a ping is faster than Jedis 8.0 has noted that
   * it is to come, Jedis takes the connection for broken.
   */
  void ping(long now) {
    if (isSubscribed()) {
      try {
        subscribe(channel);
      } catch (JedisException e) {
        log.debug("{} could not be asked for an answer", connection, e); // the reader finds out
      }
    } else if (now - since > SILENT_MILLIS * 1_000_000L) {
      cut();
    }
  }

  /** Ends it, from another thread. */
  void cut() {
    try {
      connection.forceDisconnect();
    } catch (IOException e) {
      log.debug("{} was gone already", connection, e);
    }
  }

  /** No other use is made of the connection. */
  @Override
  public void close() {
    connection.setBroken();
    connection.close();
  }
}
