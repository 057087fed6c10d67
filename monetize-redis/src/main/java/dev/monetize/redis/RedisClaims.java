// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.Claims;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Claims that lie on the server, with the time until which each is believed: a thread shows again
 * and again that the instance lives, and asks for what others hold. Thread-safe.
 */
final class RedisClaims implements Claims, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisUsageJournal.class);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

  private final JournalServer server;
  private final JournalTail tail;
  private final String instance;
  private final long millis;
  private final Runnable nowAndThen;
  private final Map<String, Claim> byName = new ConcurrentHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock asking = new ReentrantLock();
  private final Thread thread = new Thread(this::run, "monetize-redis-journal-claims");
  private long turns;
  private volatile boolean closed;

  /** What was asked for once. */
  private static final class Claim {

    private volatile boolean wanted;

    /** 0 if it is not held. */
    private volatile long turn;

    private volatile long validUntil;
    private volatile long needed;

    /** Whether who wants it knows that it is held. */
    private volatile boolean told;
  }

  /**
   * Claims of nothing.
   *
   * @param millis how long one is believed without a sign of life
   * @param nowAndThen run three times as often
   */
  RedisClaims(
      JournalServer server, JournalTail tail, String instance, long millis, Runnable nowAndThen) {
    this.server = server;
    this.tail = tail;
    this.instance = instance;
    this.millis = millis;
    this.nowAndThen = nowAndThen;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Override
  public long claim(String name) {
    Claim claim = byName.computeIfAbsent(name, same -> new Claim());
    claim.wanted = true;
    if (!valid(claim)) {
      ask(name, claim);
    }
    try {
      boolean has = valid(claim) && knowsAll(claim) && valid(claim);
      claim.told = has;
      return has ? claim.turn : 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /**
   * No record may have the last sequence: one that was refused, and sequences that are left out.
   */
  private boolean knowsAll(Claim claim) throws InterruptedException {
    boolean read = tail.position() >= claim.needed || tail.catchUp(PATIENCE);
    return read && tail.await(Math.min(claim.needed, tail.position()), PATIENCE);
  }

  @Override
  public boolean holds(String name, long turn) {
    Claim claim = byName.get(name);
    return claim != null && claim.turn == turn && valid(claim);
  }

  private boolean valid(Claim claim) {
    return claim.turn != 0 && !closed && System.nanoTime() - claim.validUntil < 0;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * The turn as the server knows it.
   *
   * @return empty if it was never asked for; null if it was, and is not held
   */
  @Nullable String token(String name) {
    Claim claim = byName.get(name);
    if (claim == null) {
      return "";
    }
    long turn = claim.turn;
    return turn != 0 && valid(claim) ? token(turn) : null;
  }

  String token(long turn) {
    return instance + ":" + turn;
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(millis) / 3);
      if (closed) {
        return;
      }
      byName.forEach((name, claim) -> ask(name, claim));
      try {
        nowAndThen.run();
      } catch (RuntimeException e) {
        log.debug("the journal in Redis does not answer", e);
      }
    }
  }

  /** Keeps it, or asks for it if it is wanted. */
  private void ask(String name, Claim claim) {
    asking.lock();
    try {
      long now = System.nanoTime();
      if (closed) {
        return;
      }
      if (claim.turn != 0) {
        keep(name, claim, now);
      } else if (claim.wanted) {
        take(name, claim, now);
      }
    } catch (RuntimeException e) {
      log.debug("the claim of {} could not be asked for", name, e);
    } finally {
      asking.unlock();
    }
  }

  private void keep(String name, Claim claim, long now) {
    if (server.claim("keep", name, token(claim.turn), millis) >= 0) { // so nobody had it since
      claim.validUntil = now + TimeUnit.MILLISECONDS.toNanos(millis);
      if (!claim.told) {
        listeners.forEach(Runnable::run);
      }
    } else {
      log.info("{} is another instance's from now on", name);
      claim.turn = 0;
      claim.wanted = false; // until whoever had it comes and begins anew
      listeners.forEach(Runnable::run);
    }
  }

  private void take(String name, Claim claim, long now) {
    long turn = ++turns;
    long last = server.claim("take", name, token(turn), millis);
    if (last >= 0) {
      log.debug("{} is claimed", name);
      claim.needed = last;
      claim.validUntil = now + TimeUnit.MILLISECONDS.toNanos(millis);
      claim.told = false;
      claim.turn = turn;
      listeners.forEach(Runnable::run);
    }
  }

  /** Gives all back. */
  @Override
  public void close() {
    asking.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      LockSupport.unpark(thread);
      byName.forEach(
          (name, claim) -> {
            if (claim.turn != 0) {
              server.claim("give", name, token(claim.turn), millis);
            }
          });
    } catch (JedisException e) {
      log.debug("claims could not be given back: they run out", e);
    } finally {
      asking.unlock();
    }
  }

  /** Ends it as the end of the process does. */
  void abandon() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
