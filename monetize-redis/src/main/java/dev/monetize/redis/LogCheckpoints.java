// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.redis.JournalServer.Checkpoints;
import dev.monetize.usage.JournalFold;
import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.SinkProgress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Saves what the records come to, so that an instance that starts reads only what is newer, and
 * deletes records that nobody may ask for any more. One instance does at a time, on a thread of low
 * priority, from the former checkpoint and the records since.
 */
final class LogCheckpoints implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisUsageJournal.class);
  private static final String CLAIM = "checkpoint";
  private static final String SINK = "sink:";
  private static final int PAGE = 1_000;

  private final JournalServer server;
  private final UUID journal;
  private final JournalFold kind;
  private final JournalTail tail;
  private final RedisClaims claims;
  private final Duration every;
  private final Duration retention;
  private final InstantSource clock;
  private final LongConsumer trimmed;
  private final Thread thread = new Thread(this::run, "monetize-redis-journal-checkpoints");
  private boolean failing;
  private volatile boolean closed;

  /**
   * Of a journal.
   *
   * @param kind of its states; stays empty
   * @param every least time between two
   * @param retention how long events are kept, counted from their settlement
   * @param trimmed told of the first record that is kept
   */
  LogCheckpoints(
      JournalServer server,
      UUID journal,
      JournalFold kind,
      JournalTail tail,
      RedisClaims claims,
      Duration every,
      Duration retention,
      InstantSource clock,
      LongConsumer trimmed) {
    this.server = server;
    this.journal = journal;
    this.kind = kind;
    this.tail = tail;
    this.claims = claims;
    this.every = every;
    this.retention = retention;
    this.clock = clock;
    this.trimmed = trimmed;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(this, every.toNanos());
      if (!closed) {
        tryToMake();
      }
    }
  }

  private void tryToMake() {
    try {
      make();
      failing = false;
    } catch (IOException | RuntimeException e) {
      if (!closed && !failing) {
        log.warn(
            "a checkpoint of the journal in Redis could not be made. The former one is still good;"
                + " tried again later, without more such lines",
            e);
      }
      failing = true;
    }
  }

  /**
   * Reads the one there is into an empty fold; the former one where that is damaged, and all
   * records since are there.
   *
   * @return the one in force, and the one that was read; 0 if there is none
   */
  static Checkpoints read(JournalServer server, UUID journal, JournalFold into) throws IOException {
    Checkpoints there = server.checkpoints();
    while (there.inForce() > 0) {
      byte[] whole;
      try {
        whole = unzipped(server.checkpoint(there.inForce()));
      } catch (IOException fault) {
        Checkpoints now = server.checkpoints();
        if (now.equals(there)) {
          readFormer(server, there, fault, journal, into);
          return there;
        }
        there = now;
        continue;
      }
      into.read(journal, whole);
      return new Checkpoints(there.inForce(), there.inForce());
    }
    return new Checkpoints(0, 0);
  }

  private static void readFormer(
      JournalServer server, Checkpoints there, IOException fault, UUID journal, JournalFold into)
      throws IOException {
    String what = "the checkpoint of the journal in Redis is " + fault.getMessage();
    byte[] former;
    try {
      former = unzipped(there.former() == 0 ? null : server.checkpoint(there.former()));
    } catch (IOException e) {
      throw new IOException(what + "; and the one before is " + e.getMessage(), fault);
    }
    if (!server.reachesBackTo(there.former())) {
      throw new IOException(
          "%s; and records since the one before, %s, are deleted".formatted(what, there.former()),
          fault);
    }
    into.read(journal, former);
    log.error(
        "{}. The one before is good, and so are the records since: nothing is lost. See what else"
            + " writes to that server",
        what,
        fault);
  }

  /** Throws what is wrong with it. */
  private static byte[] unzipped(byte @Nullable [] zipped) throws IOException {
    if (zipped == null) {
      throw new IOException("gone (deleted, or evicted)");
    }
    try (GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      return unzipped.readAllBytes();
    } catch (IOException e) {
      throw new IOException("damaged (" + e + ")", e);
    }
  }

  /** Makes one of all there is, and deletes what it covers and nobody needs; if it is our turn. */
  boolean make() throws IOException {
    long turn = claims.claim(CLAIM);
    if (turn == 0) {
      return false;
    }
    try {
      return make(claims.token(turn));
    } catch (JedisException e) {
      throw new IOException("the server did not answer: " + e.getMessage(), e);
    }
  }

  private boolean make(String turn) throws IOException {
    JournalFold fold = kind.fresh();
    Checkpoints read = read(server, journal, fold);
    long former = read.former();
    long reached = fold(fold, former);
    if (reached > former) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
      try (GZIPOutputStream zipped = new GZIPOutputStream(bytes)) {
        fold.write(journal, reached, zipped);
      }
      byte[] written = bytes.toByteArray();
      server.write(reached, written);
      if (!server.save(CLAIM, turn, reached, read.inForce(), written)) {
        return false;
      }
    }
    delete(turn, former, fold);
    return true;
  }

  /** Takes what lasts by now; the sequence that it has reached. */
  private long fold(JournalFold fold, long former) throws IOException {
    long end = tail.fenced();
    long next = fold.next();
    while (next <= end) {
      if (closed) {
        throw new IOException("the journal is being closed");
      }
      List<LogEntry> page = server.read(next, end, PAGE);
      for (LogEntry entry : page) {
        fold.take(entry.sequence(), entry.record());
      }
      next = page.size() < PAGE ? end + 1 : page.get(PAGE - 1).sequence() + 1;
    }
    return Math.max(former, end);
  }

  /**
   * What the checkpoint before this one covered: who reads what is new, and lags by less than the
   * time between two, misses nothing.
   */
  private void delete(String turn, long former, JournalFold fold) {
    long needed = Math.min(former + 1, Math.min(needed(fold.sinks()), needed(tail.sinks())));
    boolean unknown =
        server.claimed().stream()
            .filter(name -> name.startsWith(SINK))
            .anyMatch(name -> !fold.sinks().containsKey(name.substring(SINK.length())));
    if (unknown) {
      return; // a sink that nobody has written a word of yet begins with the oldest event
    }
    Instant oldest = clock.instant().minus(retention);
    Long first = server.first();
    while (first != null && !closed) {
      first = deletePage(turn, first, needed, oldest);
    }
  }

  /** Where to go on; null if there is no more to delete. */
  private @Nullable Long deletePage(String turn, long first, long needed, Instant oldest) {
    List<LogEntry> page = server.read(first, needed - 1, PAGE);
    long keep = first;
    boolean young = false;
    for (LogEntry entry : page) {
      young |=
          entry.record() instanceof JournalRecord.Event event
              && Instant.EPOCH.plusNanos(event.event().settledNanos()).isAfter(oldest);
      if (!young) {
        keep = entry.sequence() + 1;
      }
    }
    if (keep == first || !server.trim(CLAIM, turn, keep)) {
      return null;
    }
    trimmed.accept(keep);
    return !young && page.size() == PAGE ? keep : null;
  }

  private static long needed(Map<String, SinkProgress> sinks) {
    return sinks.values().stream().mapToLong(SinkProgress::needed).min().orElse(Long.MAX_VALUE);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
