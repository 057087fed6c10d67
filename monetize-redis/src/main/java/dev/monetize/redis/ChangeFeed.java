// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.identity.Changes;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * Hears what is told on a channel, on a daemon thread, for as long as it is open. Where the
 * connection is lost it comes again, after a pause that doubles up to a second; what was told
 * meanwhile is missed. A connection that goes silent is taken for lost: another thread has it
 * answer every second.
 */
final class ChangeFeed implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChangeFeed.class);
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long MOST_PAUSE_MILLIS = 1_000;
  private static final long PING_NANOS = 1_000_000_000L;
  private static final long PATIENCE_MILLIS = 2_000;

  private final UnifiedJedis redis;
  private final String channel;
  private final Changes.Listener listener;
  private final Thread hears;
  private final Thread pings;
  private volatile boolean closed;
  private volatile @Nullable Hearing hearing;

  /** Attempts that failed since it was heard last; of one thread. */
  private int failures;

  private ChangeFeed(UnifiedJedis redis, String channel, Changes.Listener listener) {
    this.redis = redis;
    this.channel = channel;
    this.listener = listener;
    this.hears = daemon("monetize-hears-" + channel, this::hear);
    this.pings = daemon("monetize-pings-" + channel, this::ping);
  }

  static ChangeFeed start(UnifiedJedis redis, String channel, Changes.Listener listener) {
    Subscriber.check(redis);
    ChangeFeed feed = new ChangeFeed(redis, channel, listener);
    feed.hears.start();
    feed.pings.start();
    return feed;
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private void hear() {
    while (!closed) {
      try {
        hearOnce();
      } catch (RuntimeException e) {
        lost(e);
      }
      if (!closed) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause()));
      }
    }
  }

  private void hearOnce() {
    try (Hearing now = new Hearing(Subscriber.connection(redis), channel, listener, this::heard)) {
      hearing = now;
      if (!closed) {
        now.hear();
      }
    } finally {
      hearing = null;
    }
  }

  private void heard() {
    if (failures > 0) {
      log.info("{} is heard again; everybody is looked up anew", channel);
    }
    failures = 0;
  }

  private void lost(RuntimeException e) {
    if (!closed && failures++ == 0) {
      log.warn(
          "{} is not heard: a change made elsewhere, such as a revocation, is seen only when the"
              + " cache of callers runs out; trying again",
          channel,
          e);
    }
  }

  private long pause() {
    long full = Math.min(MOST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
    return ThreadLocalRandom.current().nextLong(full / 2, full + 1);
  }

  private void ping() {
    while (!closed) {
      LockSupport.parkNanos(PING_NANOS);
      Hearing now = hearing;
      if (now != null) {
        now.ping(System.nanoTime());
      }
    }
  }

  /** Ends it; an interrupt is kept. */
  @Override
  public void close() {
    closed = true;
    Hearing now = hearing;
    if (now != null) {
      now.cut();
    }
    try {
      end(hears);
      end(pings);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(Thread thread) throws InterruptedException {
    LockSupport.unpark(thread);
    thread.join(PATIENCE_MILLIS);
  }
}
