// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.JournalNames.bytes;

import dev.monetize.usage.JournalGap;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * The server's part of a journal: what is asked of it. Thread-safe; throws what the client does.
 */
final class JournalServer {

  /** As long as a call may be sent again. */
  private static final long CALL_KNOWN_MILLIS = 7L * 24 * 3_600_000;

  /** 35 days, and the 5 minutes that usage may be ahead of its time, and an hour. */
  private static final long ID_KNOWN_MILLIS = 35L * 24 * 3_600_000 + 65 * 60_000;

  private static final int FORMER_MILLIS = 600_000;
  private static final int CHUNK = 256 << 10;
  private static final int FENCE_LATE_MILLIS = 200;

  private static final LuaScript APPEND = LuaScript.load("journal-append.lua");
  private static final LuaScript RUN = LuaScript.load("journal-run.lua");
  private static final LuaScript CLAIM = LuaScript.load("journal-claim.lua");
  private static final LuaScript WRITE = LuaScript.load("journal-write.lua");
  private static final LuaScript SAVE = LuaScript.load("journal-save.lua");

  private final UnifiedJedis redis;
  private final JournalNames names;

  JournalServer(UnifiedJedis redis, JournalNames names) {
    this.redis = redis;
    this.names = names;
  }

  JournalNames names() {
    return names;
  }

  /** What a head says. */
  record Head(UUID id, String secret, long last, long first, long checkpoint) {}

  /** Begins a journal, unless there is one, where a failover can be known; what there is. */
  Head open(UUID fresh, String secret) {
    byte[] unused = RUN.run(redis, List.of(names.head()), List.of());
    redis.hsetnx(names.head(), bytes("id"), bytes(fresh.toString()));
    redis.hsetnx(names.head(), bytes("secret"), bytes(secret));
    List<byte[]> head =
        redis.hmget(
            names.head(),
            bytes("id"),
            bytes("secret"),
            bytes("last"),
            bytes("first"),
            bytes("checkpoint"));
    return new Head(
        UUID.fromString(text(head.get(0))),
        text(head.get(1)),
        number(head.get(2)),
        Math.max(1, number(head.get(3))),
        number(head.get(4)));
  }

  /** Where the oldest record is. */
  long first() {
    return Math.max(1, number(redis.hget(names.head(), bytes("first"))));
  }

  /**
   * Which checkpoints there are, by the sequences that they reach; 0 for none.
   *
   * @param inForce the one that counts
   * @param former the one before, which is there for a while
   */
  record Checkpoints(long inForce, long former) {}

  Checkpoints checkpoints() {
    List<byte[]> both = redis.hmget(names.head(), bytes("checkpoint"), bytes("former"));
    return new Checkpoints(number(both.get(0)), number(both.get(1)));
  }

  /** Whether there still are all records behind a sequence. */
  boolean reachesBackTo(long sequence) {
    List<LogEntry> oldest = read(1, Long.MAX_VALUE, 1);
    return !oldest.isEmpty() && oldest.get(0).sequence() <= sequence + 1 && first() <= sequence + 1;
  }

  private static long number(byte @Nullable [] text) {
    return text == null ? 0 : Long.parseLong(text(text));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Sends a call; the same again is answered the same. */
  String append(Head journal, String instance, AppendCall call) {
    List<byte[]> keys =
        new ArrayList<>(List.of(names.log(), names.head(), names.call(instance), names.gaps()));
    List<byte[]> arguments = new ArrayList<>(6 + 2 * call.records().size());
    arguments.add(bytes(journal.id().toString()));
    arguments.add(bytes(Long.toString(call.number())));
    arguments.add(bytes(Long.toString(call.given())));
    arguments.add(bytes(Long.toString(CALL_KNOWN_MILLIS)));
    arguments.add(bytes(Long.toString(ID_KNOWN_MILLIS)));
    arguments.add(bytes(journal.secret()));
    call.addTo(keys, arguments);
    return text(APPEND.run(redis, keys, arguments));
  }

  /** Records of a range, in order. */
  List<LogEntry> read(long first, long last, int most) {
    if (last < first) {
      return List.of();
    }
    byte[] end = last == Long.MAX_VALUE ? bytes("+") : bytes("0-" + last);
    List<Object> answer = redis.xrange(names.log(), bytes("0-" + first), end, most);
    return answer.stream().map(LogEntry::of).toList();
  }

  /** What was recorded under an id, as a condition has it; null if nothing is known. */
  @Nullable String recorded(String key) {
    byte[] found = redis.get(bytes(key));
    return found == null ? null : text(found);
  }

  List<JournalGap> gaps() {
    return redis.lrange(names.gaps(), 0, -1).stream()
        .map(gap -> text(gap).split(" ", -1))
        .map(gap -> new JournalGap(Long.parseLong(gap[0]), Long.parseLong(gap[1])))
        .toList();
  }

  /** All that was ever claimed. */
  Set<String> claimed() {
    Set<String> claimed = new HashSet<>();
    redis.smembers(names.claimed()).forEach(name -> claimed.add(text(name)));
    return claimed;
  }

  /**
   * Takes, keeps or gives a claim.
   *
   * @return the last sequence, if it is held now; else -1
   */
  long claim(String what, String name, String turn, long millis) {
    String answer =
        text(
            CLAIM.run(
                redis,
                List.of(bytes(names.claim(name)), names.head(), names.claimed()),
                List.of(bytes(what), bytes(turn), bytes(Long.toString(millis)), bytes(name))));
    return answer.isEmpty() ? -1 : Long.parseLong(answer);
  }

  /** The bytes of a checkpoint; null if it was replaced meanwhile. */
  byte @Nullable [] checkpoint(long sequence) {
    byte[] name = names.checkpoint(sequence);
    int length = (int) redis.strlen(name);
    byte[] all = new byte[length];
    for (int at = 0; at < length; ) {
      byte[] some = redis.getrange(name, at, at + CHUNK - 1);
      if (some.length == 0) {
        return null;
      }
      System.arraycopy(some, 0, all, at, some.length);
      at += some.length;
    }
    return length == 0 ? null : all;
  }

  /** Writes the bytes of a checkpoint, which is not in force yet. */
  void write(long sequence, byte[] checkpoint) {
    List<byte[]> keys = List.of(names.head(), names.checkpoint(sequence));
    for (int at = 0; at < checkpoint.length; at += CHUNK) {
      int end = Math.min(at + CHUNK, checkpoint.length);
      byte[] unused =
          WRITE.run(
              redis,
              keys,
              List.of(
                  bytes(Long.toString(sequence)),
                  bytes(Integer.toString(checkpoint.length)),
                  bytes(Integer.toString(at)),
                  Arrays.copyOfRange(checkpoint, at, end),
                  bytes(Integer.toString(FORMER_MILLIS))));
    }
  }

  /**
   * Puts a checkpoint into force that was written; false if it is another one's turn.
   *
   * @param former the one that is in force until then
   * @throws IOException if it is not there as it was written
   */
  boolean save(String claim, String turn, long sequence, long former, byte[] written)
      throws IOException {
    if (!Arrays.equals(written, checkpoint(sequence))) {
      throw new IOException("the checkpoint is not there as it was written");
    }
    return save(
        claim,
        List.of(names.checkpoint(sequence), names.checkpoint(former)),
        turn,
        Long.toString(sequence),
        "",
        Integer.toString(FORMER_MILLIS),
        Long.toString(former),
        Integer.toString(written.length));
  }

  /** Deletes records before one, which a checkpoint covers; false if it is another one's turn. */
  boolean trim(String claim, String turn, long first) {
    return save(claim, List.of(), turn, "", Long.toString(first));
  }

  private boolean save(String claim, List<byte[]> checkpoints, String... arguments) {
    List<byte[]> keys = new ArrayList<>();
    keys.addAll(List.of(bytes(names.claim(claim)), names.head(), names.log()));
    keys.addAll(checkpoints);
    return SAVE.run(redis, keys, Stream.of(arguments).map(JournalNames::bytes).toList()).length > 0;
  }

  /**
   * Whether so many replicas have, within a time, all that was written before. A server that has
   * nothing else to do looks at the time ten times a second, so the answer may be that much later,
   * whatever the client's own timeout is.
   */
  boolean fence(int replicas, int millis) {
    try (Connection connection = Subscriber.primary(redis, names.fence())) {
      int timeout = connection.getSoTimeout();
      connection.setSoTimeout(timeout == 0 ? 0 : timeout + millis + FENCE_LATE_MILLIS);
      try {
        return fenced(connection, replicas, millis);
      } finally {
        if (!connection.isBroken()) {
          connection.setSoTimeout(timeout);
        }
      }
    } catch (JedisConnectionException e) {
      if (e.getCause() instanceof SocketTimeoutException) {
        return false;
      }
      throw e;
    }
  }

  private boolean fenced(Connection connection, int replicas, int millis) {
    connection.executeCommand(
        new CommandArguments(Protocol.Command.SET).add(names.fence()).add("1"));
    Object have =
        connection.executeCommand(
            new CommandArguments(Protocol.Command.WAIT)
                .add(Integer.toString(replicas))
                .add(Integer.toString(millis)));
    return have instanceof Long count && count >= replicas;
  }

  /** What becomes of keys when the server is full; empty if it does not say. */
  String evictionPolicy() {
    return redis
        .info("memory")
        .lines()
        .filter(line -> line.startsWith("maxmemory_policy:"))
        .map(line -> line.substring("maxmemory_policy:".length()))
        .findFirst()
        .orElse("");
  }
}
