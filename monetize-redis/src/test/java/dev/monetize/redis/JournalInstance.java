// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.JournalState;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.Measure;
import dev.monetize.usage.NamedSink;
import dev.monetize.usage.ShipSchedule;
import dev.monetize.usage.Shipper;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/** An instance of a service with a journal in Redis, without an engine. */
final class JournalInstance implements AutoCloseable {

  static final Instant NOON = Instant.parse("2027-01-15T12:00:00Z");
  private static final long START = System.nanoTime();
  private static final InstantSource RUNNING = () -> NOON.plusNanos(System.nanoTime() - START);
  private static final ShipSchedule SOON = ShipSchedule.within(100, Duration.ofMillis(5));

  final InstantSource clock;
  final Ledger ledger;
  final RedisUsageJournal journal;
  private @Nullable Shipper shipper;
  private boolean gone;

  private JournalInstance(
      UnifiedJedis redis,
      InstantSource clock,
      UnaryOperator<RedisUsageJournalBuilder> settings,
      List<JournalState> more)
      throws IOException {
    this.clock = clock;
    this.ledger = new Ledger(clock);
    List<JournalState> states = new ArrayList<>(more);
    states.add(ledger);
    this.journal = settings.apply(settings(redis)).opened(clock, states);
  }

  /** For machines that are busy with other tests. */
  static RedisUsageJournalBuilder settings(UnifiedJedis redis) {
    return RedisUsageJournal.on(redis)
        .takeOverAfter(Duration.ofSeconds(2))
        .patience(Duration.ofSeconds(1));
  }

  static JournalInstance open(UnifiedJedis redis) {
    return open(redis, settings -> settings);
  }

  static JournalInstance open(
      UnifiedJedis redis, UnaryOperator<RedisUsageJournalBuilder> settings, JournalState... more) {
    return open(redis, RUNNING, settings, more);
  }

  static JournalInstance open(
      UnifiedJedis redis,
      InstantSource clock,
      UnaryOperator<RedisUsageJournalBuilder> settings,
      JournalState... more) {
    try {
      return new JournalInstance(redis, clock, settings, List.of(more));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Usage of one meter, of a customer. */
  UsageEvent event(String customer, long units) {
    long now = clock.instant().getEpochSecond() * 1_000_000_000L;
    return new UsageEvent(
        now,
        now,
        customer,
        "k1",
        "free",
        "GET /v1",
        200,
        false,
        List.of(new Measure("calls", units)),
        List.of(),
        null);
  }

  long append(String customer, long units) {
    return journal.append(event(customer, units));
  }

  /** Begins to deliver to a sink called so. */
  Shipper ship(String name, UsageSink sink) {
    Shipper started = Shipper.start(journal, List.of(new NamedSink(name, sink, SOON)), clock);
    shipper = started;
    return started;
  }

  /** What a customer used in all, as it is known here once all that was appended is. */
  long total(String customer) throws InterruptedException {
    if (!journal.catchUp(Duration.ofSeconds(20))) {
      throw new AssertionError("it has not caught up");
    }
    return known(customer);
  }

  /** What a customer used in all, as it is known here. */
  long known(String customer) {
    Map<String, Long> totals =
        ledger.totals(customer, NOON.minus(Ledger.KEPT), NOON.plus(Ledger.KEPT));
    return totals.getOrDefault("calls", 0L);
  }

  /** Ends as its process would if it was killed. */
  void kill() {
    gone = true;
    journal.abandon();
  }

  @Override
  public void close() {
    Shipper started = shipper;
    if (!gone && started != null) {
      started.close(Duration.ofSeconds(10));
    }
    journal.close();
  }
}
