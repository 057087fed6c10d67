// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.JournalFactory;
import dev.monetize.usage.JournalFold;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import redis.clients.jedis.UnifiedJedis;

/** Says how a {@link RedisUsageJournal} is kept, and opens it. Not thread-safe. */
public final class RedisUsageJournalBuilder implements JournalFactory {

  private final UnifiedJedis redis;
  private String prefix = "monetize:";
  private Duration patience = Duration.ofMillis(250);
  private Duration tolerance = Duration.ofSeconds(1);
  private long memory = 16 << 20;
  private Duration every = Duration.ofMillis(20);
  private Duration claim = Duration.ofSeconds(10);
  private Duration checkpointEvery = Duration.ofMinutes(5);
  private Duration retention = Duration.ofDays(400);
  private int replicas;

  RedisUsageJournalBuilder(UnifiedJedis redis) {
    this.redis = Objects.requireNonNull(redis, "redis");
  }

  /**
   * Begins the names of all keys, so that several services may share a Redis; {@code monetize:}
   * unless set. Instances of one service have the same.
   */
  public RedisUsageJournalBuilder prefix(String prefix) {
    if (prefix.isEmpty() || prefix.contains("{")) {
      throw new IllegalArgumentException(
          "prefix must not be empty, and hold no brace, got \"" + prefix + "\"");
    }
    this.prefix = prefix;
    return this;
  }

  /**
   * How long a call that is settled waits for the server's answer, 1 ms to 1 s; 250 ms unless set.
   * After that its event waits in memory, and is lost only with the process.
   */
  public RedisUsageJournalBuilder patience(Duration time) {
    this.patience = within("patience", time, Duration.ofMillis(1), Duration.ofSeconds(1));
    return this;
  }

  /**
   * How long the server may be silent before no more calls are accepted, 10 ms to 1 minute; 1 s
   * unless set. What becomes of calls then is {@code onFullJournal}'s to say.
   */
  public RedisUsageJournalBuilder tolerance(Duration time) {
    this.tolerance = within("tolerance", time, Duration.ofMillis(10), Duration.ofMinutes(1));
    return this;
  }

  /**
   * How many bytes of events may wait in memory for the server, 64 KiB to 1 GiB; 16 MiB unless set,
   * about 40,000 events. At half of it no more calls are accepted.
   */
  public RedisUsageJournalBuilder memory(long bytes) {
    if (bytes < 1 << 16 || bytes > 1 << 30) {
      throw new IllegalArgumentException("memory must be from 65536 to 1073741824, got " + bytes);
    }
    this.memory = bytes;
    return this;
  }

  /** How often the server is asked for what others appended, 1 ms to 10 s; 20 ms unless set. */
  public RedisUsageJournalBuilder every(Duration time) {
    this.every = within("every", time, Duration.ofMillis(1), Duration.ofSeconds(10));
    return this;
  }

  /**
   * How long an instance that shows no sign of life keeps its sinks and notices, 100 ms to 10
   * minutes; 10 s unless set.
   */
  public RedisUsageJournalBuilder takeOverAfter(Duration time) {
    this.claim = within("takeOverAfter", time, Duration.ofMillis(100), Duration.ofMinutes(10));
    return this;
  }

  /** Least time between two checkpoints, 1 s to 1 day; 5 minutes unless set. */
  public RedisUsageJournalBuilder checkpointEvery(Duration time) {
    this.checkpointEvery =
        within("checkpointEvery", time, Duration.ofSeconds(1), Duration.ofDays(1));
    return this;
  }

  /**
   * How long events are kept at least, counted from their settlement: as long as somebody may
   * dispute an invoice; 1 hour to 36,500 days, 400 days unless set. Each takes about 200 bytes of
   * the server's memory.
   */
  public RedisUsageJournalBuilder retention(Duration time) {
    this.retention = within("retention", time, Duration.ofHours(1), Duration.ofDays(36_500));
    return this;
  }

  /**
   * How many replicas must have an event before a sink is sent it, a notice tells of it and it is
   * durable, 0 to 10; none unless set. Then no failover to one of them loses what was billed. A
   * call that is settled does not wait for them.
   */
  public RedisUsageJournalBuilder replicas(int number) {
    if (number < 0 || number > 10) {
      throw new IllegalArgumentException("replicas must be from 0 to 10, got " + number);
    }
    this.replicas = number;
    return this;
  }

  private static Duration within(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ", got " + value);
    }
    return value;
  }

  @Override
  public boolean knowsIds() {
    return true;
  }

  String prefix() {
    return prefix;
  }

  JournalServer server() {
    return new JournalServer(redis, new JournalNames(prefix));
  }

  JournalWriter.Limits limits() {
    return new JournalWriter.Limits(patience, tolerance, memory);
  }

  Duration every() {
    return every;
  }

  Duration claim() {
    return claim;
  }

  Duration checkpointEvery() {
    return checkpointEvery;
  }

  Duration retention() {
    return retention;
  }

  int replicas() {
    return replicas;
  }

  /**
   * Opens the journal, or begins one.
   *
   * @throws IOException if the server does not answer, with what to do, or what is there cannot be
   *     read
   */
  @Override
  public UsageJournal open(InstantSource clock, List<JournalState> states) throws IOException {
    return opened(clock, states);
  }

  RedisUsageJournal opened(InstantSource clock, List<JournalState> states) throws IOException {
    Objects.requireNonNull(clock, "clock");
    return new RedisUsageJournal(this, new JournalFold(states), clock);
  }
}
