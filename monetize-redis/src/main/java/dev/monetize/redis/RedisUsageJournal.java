// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.Claims;
import dev.monetize.usage.EventReader;
import dev.monetize.usage.IdentityLog;
import dev.monetize.usage.JournalFold;
import dev.monetize.usage.JournalGap;
import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.SinkMark;
import dev.monetize.usage.SinkProgress;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A journal that all instances of a service share, in a Redis or Valkey: for machines without a
 * lasting disk, and for usage that every instance tells as a whole.
 *
 * <pre>{@code
 * Monetizer monetizer =
 *     Monetizer.builder().usageJournal(RedisUsageJournal.on(redis)) ...
 * }</pre>
 *
 * <p><b>Appending</b> returns when the server has the record: what lasts is what the server keeps,
 * by its own settings. Records of many threads go together. Where an answer is lost the same is
 * asked again, and nothing is appended twice. Who appends waits a quarter of a second for the
 * answer; after that the record waits in memory, and is in the journal once the server answers.
 * Where it does not for a second {@link #accepting} turns false, and true again by itself.
 *
 * <p><b>All instances</b> read what each appends, within 20 ms or when they are asked: ledger,
 * quotas and notices of each know the use of all. Each sink is served by one of them, and notices
 * are told by one; when it ends another one goes on, when it dies after ten seconds, with the same
 * batch.
 *
 * <p><b>Redis must keep it.</b> A server that evicts keys ({@code maxmemory-policy} other than
 * {@code noeviction}) loses usage; that is told at start. A failover may lose what the former
 * primary acknowledged last, unless {@link RedisUsageJournalBuilder#replicas replicas} are waited
 * for; what is known to be lost is told by {@link #gaps}. Nothing is deleted but what all sinks
 * have and what is past its retention, and that only after a checkpoint.
 *
 * <p>Thread-safe. The client is the caller's, and is not closed.
 */
public final class RedisUsageJournal implements UsageJournal {

  private static final Logger log = LoggerFactory.getLogger(RedisUsageJournal.class);
  private static final String SINK = "sink:";

  private final JournalServer server;
  private final UUID id;
  private final String prefix;
  private final JournalWriter writer;
  private final IdentityLog identities;
  private final JournalTail tail;
  private final RedisClaims claims;
  private final LogCheckpoints checkpoints;
  private final Map<String, SinkProgress> asked = new ConcurrentHashMap<>();
  private volatile List<JournalGap> gaps = List.of();
  private volatile long first;

  RedisUsageJournal(RedisUsageJournalBuilder settings, JournalFold fold, InstantSource clock)
      throws IOException {
    this.prefix = settings.prefix();
    this.server = settings.server();
    String secret;
    try {
      JournalFold kind = fold.fresh();
      JournalServer.Head head = server.open(UUID.randomUUID(), Secret.fresh());
      this.id = head.id();
      secret = head.secret();
      this.first = head.first();
      this.tail =
          new JournalTail(
              server, fold, settings.every().toNanos(), settings.replicas(), this::broken);
      long reached = LogCheckpoints.read(server, id, fold).former();
      tail.readTo(head.last(), reached);
      refresh();
      long instance = Secret.number();
      this.writer =
          new JournalWriter(
              server, head, instance, prefix, settings.limits(), tail::position, () -> {});
      this.claims =
          new RedisClaims(
              server, tail, Long.toHexString(instance), settings.claim().toMillis(), this::refresh);
      this.checkpoints =
          new LogCheckpoints(
              server,
              id,
              kind,
              tail,
              claims,
              settings.checkpointEvery(),
              settings.retention(),
              clock,
              kept -> first = Math.max(first, kept));
    } catch (JedisException e) {
      throw new IOException("journal in Redis (" + prefix + "*): " + RedisAdvice.of(e, prefix), e);
    }
    this.identities = new RedisIdentities(server, writer, secret);
    warnOfEviction();
    warnOfReplicas(settings.replicas());
    writer.start();
    tail.start();
    claims.start();
    checkpoints.start();
  }

  /** A journal on a server, with what else is to be said of it; opened by the engine. */
  public static RedisUsageJournalBuilder on(UnifiedJedis redis) {
    return new RedisUsageJournalBuilder(redis);
  }

  private void warnOfEviction() {
    try {
      String policy = server.evictionPolicy();
      if (!policy.isEmpty() && !policy.equals("noeviction")) {
        log.warn(
            "the server of the journal ({}*) has maxmemory-policy {}: when it is full it deletes"
                + " keys, and with them usage that was not billed yet. Set it to noeviction",
            prefix,
            policy);
      }
    } catch (JedisException | UnsupportedOperationException e) {
      log.debug("the server does not tell its maxmemory-policy", e);
    }
  }

  private void warnOfReplicas(int replicas) {
    if (tail.fenced() < tail.position()) {
      log.warn(
          "{} replicas must have what is in the journal ({}*), and have not said so: until they do"
              + " no sink is sent what is new. See that they are up",
          replicas,
          prefix);
    }
  }

  private void broken() {
    writer.breakDown();
  }

  /** Looks at what others change now and then. */
  private void refresh() {
    first = Math.max(first, server.first());
    List<JournalGap> now = server.gaps();
    if (now.size() > gaps.size()) {
      log.error(
          "the journal in Redis ({}*) has lost {}, at most: another server took over that did not"
              + " have it, or keys were deleted. It is in no invoice",
          prefix,
          now.subList(gaps.size(), now.size()));
    }
    gaps = now;
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public boolean accepting() {
    return writer.accepting();
  }

  @Override
  public long append(UsageEvent event) {
    return append(new JournalRecord.Event(event), Waiting.Condition.NONE);
  }

  @Override
  public long note(byte[] note) {
    requireNote(note);
    return append(new JournalRecord.Note(note), Waiting.Condition.NONE);
  }

  private static void requireNote(byte[] note) {
    if (note.length > MOST_NOTE_BYTES) {
      throw new IllegalArgumentException(
          "a note must have at most " + MOST_NOTE_BYTES + " bytes, got " + note.length);
    }
  }

  @Override
  public long noteInTurn(byte[] note, String claim, long turn) {
    requireNote(note);
    return append(
        new JournalRecord.Note(note),
        new Waiting.Condition(server.names().claim(claim), "l" + claims.token(turn)));
  }

  /** Its sequence; 0 if it was not written, -1 if nobody knows. */
  private long append(JournalRecord record, Waiting.Condition condition) {
    long result =
        writer.append(
            new Waiting(record.toBytes(), condition, record instanceof JournalRecord.Event));
    return result > 0 ? result : result == Waiting.UNKNOWN ? -1 : 0;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Of a sink that this instance does not serve nothing can be written down while another one
   * does, but that a parked batch is given up.
   */
  @Override
  public long mark(SinkMark mark) {
    Waiting.Condition condition = condition(mark);
    long sequence = condition == null ? 0 : append(new JournalRecord.Mark(mark), condition);
    if (sequence > 0) {
      awaitKnown(sequence);
    }
    return Math.max(0, sequence);
  }

  /** That the sink is ours, as far as we know; null if it is not. */
  private Waiting.@Nullable Condition condition(SinkMark mark) {
    String claim = SINK + mark.sink();
    String turn = claims.token(claim);
    boolean given = mark.kind() == SinkMark.Kind.GIVEN_UP && isParked(mark);
    if (given) {
      return Waiting.Condition.NONE;
    }
    return turn == null ? null : new Waiting.Condition(server.names().claim(claim), "l" + turn);
  }

  private boolean isParked(SinkMark mark) {
    return progress(mark.sink()).parked().stream()
        .anyMatch(one -> one.first() == mark.first() && one.last() == mark.last());
  }

  /** Waits until a record of ours is known here; an interrupt is kept. */
  private void awaitKnown(long sequence) {
    boolean interrupted = Thread.interrupted();
    try {
      tail.await(sequence, SYNC_PATIENCE.toNanos());
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public Map<String, SinkProgress> sinks() {
    Map<String, SinkProgress> all = new HashMap<>(asked);
    all.putAll(tail.sinks());
    return Map.copyOf(all);
  }

  @Override
  public SinkProgress progress(String sink) {
    SinkProgress known = tail.sinks().get(sink);
    return (known != null ? known : asked.computeIfAbsent(sink, name -> SinkProgress.NEW))
        .from(first);
  }

  @Override
  public long durable() {
    return tail.durable();
  }

  @Override
  public void sync(Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    if (!writer.flush(atMost.toNanos())
        || !tail.await(writer.last(), deadline - System.nanoTime())) {
      throw new IOException("the server did not have all usage within " + atMost);
    }
  }

  @Override
  public boolean catchUp(Duration atMost) throws InterruptedException {
    return tail.catchUp(atMost.toNanos());
  }

  @Override
  public void onDurable(Runnable listener) {
    tail.onDurable(listener);
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public void onEvent(Consumer<UsageEvent> listener) {
    tail.onEvent(listener);
  }

  @Override
  public Optional<IdentityLog> identities() {
    return Optional.of(identities);
  }

  @Override
  public Claims claims() {
    return claims;
  }

  @Override
  public EventReader reader() {
    return new LogReader(server, id, () -> first);
  }

  @Override
  public long lost() {
    return writer.lost();
  }

  @Override
  public List<JournalGap> gaps() {
    return gaps;
  }

  /**
   * Makes a checkpoint of what there is now, on the calling thread, and deletes what is past its
   * retention; one is made by itself now and then, by one of the instances.
   *
   * @return false if another instance does
   * @throws IOException if it could not be made; the former one is still good
   */
  public boolean checkpoint() throws IOException {
    return checkpoints.make();
  }

  @Override
  public void close() {
    checkpoints.close();
    writer.close();
    claims.close();
    tail.close();
  }

  /** Ends it as the end of the process does, for tests. */
  void abandon() {
    claims.abandon();
    writer.abandon();
    checkpoints.close();
    tail.close();
  }
}
