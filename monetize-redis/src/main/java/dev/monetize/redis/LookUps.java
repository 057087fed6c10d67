// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Look-ups that calls wait for. After {@value Breaker#MOST_FAILURES} failures in a row no call asks
 * the server any more; a thread does, once a second, what failed last, until that is answered. One
 * for all who share a client. Thread-safe.
 */
final class LookUps {

  private static final Logger log = LoggerFactory.getLogger(LookUps.class);
  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After so many that nobody wanted to know of, it is asked no more: its client may be gone. */
  private static final int MOST_IDLE_PROBES = 60;

  /** None may hold its client. */
  private static final Cache<UnifiedJedis, LookUps> BY_CLIENT =
      Caffeine.newBuilder().weakKeys().build();

  private final Breaker breaker = new Breaker(System::nanoTime);
  private final AtomicBoolean probed = new AtomicBoolean();
  private volatile boolean missed;
  private volatile @Nullable Thread prober;
  private volatile @Nullable IOException away;

  private LookUps() {}

  static LookUps through(UnifiedJedis redis) {
    return BY_CLIENT.get(redis, client -> new LookUps());
  }

  /** Why nobody asks at present; null if it may be asked. */
  @Nullable IOException away() {
    if (!breaker.open()) {
      return null;
    }
    if (!missed) {
      missed = true;
    }
    return away;
  }

  /**
   * Asks.
   *
   * @throws JedisException what the client does
   */
  <T> T ask(Supplier<T> question) {
    try {
      T answer = question.get();
      answered();
      return answer;
    } catch (JedisException e) {
      failed(e, question);
      throw e;
    }
  }

  /** There is a sign that the server may answer again: it is asked at once. */
  void wake() {
    LockSupport.unpark(prober);
  }

  private void answered() {
    if (breaker.succeeded()) {
      log.warn("customers and keys in Redis can be looked up again");
    }
  }

  /** Something else than an answer that there is something wrong with this name. */
  private void failed(JedisException e, Supplier<?> question) {
    if (!Fault.of(e).ofAll()) {
      answered();
    } else if (breaker.failed()) {
      away = new IOException("not asked, as it did not answer before: " + e.getMessage(), e);
      log.warn(
          "customers and keys in Redis cannot be looked up: it is asked once a second, and no call"
              + " waits for it, until it answers",
          e);
      if (probed.compareAndSet(false, true)) {
        Thread thread = new Thread(() -> probe(question), "monetize-redis-look-ups");
        thread.setDaemon(true);
        prober = thread;
        thread.start();
      }
    }
  }

  private void probe(Supplier<?> question) {
    do {
      for (int idle = 0; breaker.open() && idle < MOST_IDLE_PROBES; idle++) {
        LockSupport.parkNanos(this, PROBE_NANOS);
        idle = missed ? 0 : idle;
        missed = false;
        probeOnce(question);
      }
      boolean unused = breaker.succeeded(); // or nobody has wanted to know for long
      probed.set(false);
    } while (breaker.open() && probed.compareAndSet(false, true));
  }

  private void probeOnce(Supplier<?> question) {
    try {
      Object unused = ask(question::get);
    } catch (RuntimeException e) {
      log.debug("Redis does not answer", e);
    }
  }
}
