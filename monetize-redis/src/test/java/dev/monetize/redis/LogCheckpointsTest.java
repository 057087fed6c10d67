// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.JournalInstance.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.RecordingSink;
import dev.monetize.usage.SinkMark;
import dev.monetize.usage.SinkMark.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/** Checkpoints of a journal in Redis, and what is deleted after them. */
@Timeout(60)
class LogCheckpointsTest {

  private static final byte[] LOG = JournalNames.bytes("monetize:{usage}:log");

  private final RedisClient redis = TestRedis.empty();
  private final MutableClock clock = new MutableClock(NOON);

  @AfterEach
  void close() {
    redis.close();
  }

  private JournalInstance open() {
    return JournalInstance.open(redis, clock, settings -> settings.retention(Duration.ofHours(1)));
  }

  private static void append(JournalInstance instance, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      assertThat(instance.append("acme", 1)).isPositive();
    }
    instance.journal.sync(Duration.ofSeconds(10));
  }

  private static void sent(JournalInstance instance, String sink, long last) throws Exception {
    long first = instance.journal.progress(sink).sent() + 1;
    instance.journal.markDurably(new SinkMark(Kind.SENT, sink, first, last, 0, ""));
  }

  @Test
  void start_readsTheCheckpointAndTheRest() throws Exception {
    try (JournalInstance one = open()) {
      append(one, 20);
      sent(one, "files", 7);
      assertThat(one.journal.checkpoint()).isTrue();
      append(one, 5);
      redis.xtrim(LOG, 5, false); // nobody reads what the checkpoint knows
      try (JournalInstance other = open()) {
        assertThat(other.known("acme")).isEqualTo(25);
        assertThat(other.journal.progress("files").sent()).isEqualTo(7);
        assertThat(other.journal.durable()).isEqualTo(one.journal.durable());
      }
    }
  }

  @Test
  void checkpointOfACheckpoint_knowsAll() throws Exception {
    for (int round = 1; round <= 5; round++) {
      try (JournalInstance one = open()) {
        assertThat(one.known("acme")).isEqualTo(10L * (round - 1));
        append(one, 10);
        assertThat(one.journal.checkpoint()).isTrue();
        assertThat(redis.keys("monetize:{usage}:checkpoint:*")).hasSize(round);
      }
    }
  }

  @Test
  void nothingIsDeleted_beforeTheRetentionIsOver() throws Exception {
    try (JournalInstance one = open()) {
      append(one, 20);
      sent(one, "files", 20);
      assertThat(one.journal.checkpoint()).isTrue();
      assertThat(redis.xlen(LOG)).isEqualTo(21);
      clock.advance(Duration.ofMinutes(30));
      append(one, 5);
      clock.advance(Duration.ofMinutes(31));
      sent(one, "files", 26);
      assertThat(one.journal.checkpoint()).isTrue();

      assertThat(one.journal.reader().first()).isEqualTo(22);
      assertThat(redis.xlen(LOG)).isEqualTo(6);
      assertThat(one.total("acme")).isEqualTo(25);
      assertThatThrownBy(() -> one.journal.reader().read(20, 26, 99))
          .isInstanceOf(IOException.class)
          .hasMessage("records before 22 were deleted, got 20");
      try (JournalInstance other = open()) {
        assertThat(other.known("acme")).isEqualTo(25);
        assertThat(other.journal.reader().first()).isEqualTo(22);
        assertThat(other.journal.progress("new").sent()).isEqualTo(21);
      }
    }
  }

  /** As after an update: it learns what is still there, and nobody is kept from starting. */
  @Test
  void stateThatTheCheckpointDoesNotHave_beginsWithTheOldestRecord() throws Exception {
    List<String> heard = new ArrayList<>();
    try (JournalInstance one = open()) {
      append(one, 10);
      clock.advance(Duration.ofHours(2));
      assertThat(one.journal.checkpoint()).isTrue();
      assertThat(one.journal.checkpoint()).isTrue();
      one.journal.note("new".getBytes(StandardCharsets.UTF_8));
      append(one, 1);
      assertThat(one.journal.reader().first()).as("some are deleted").isEqualTo(11);

      try (JournalInstance updated =
          JournalInstance.open(redis, clock, settings -> settings, new NoteState(heard))) {
        assertThat(heard).containsExactly("new");
        assertThat(updated.known("acme")).isEqualTo(11);
      }
    }
  }

  @Test
  void nothingIsDeleted_thatASinkMayAskFor() throws Exception {
    try (JournalInstance one = open()) {
      append(one, 3_000);
      clock.advance(Duration.ofHours(2));
      sent(one, "files", 2_500);
      sent(one, "slow", 1_200);
      assertThat(one.journal.checkpoint()).isTrue();
      assertThat(one.journal.reader().first()).as("who lags may still read it").isEqualTo(1);
      assertThat(one.journal.checkpoint()).isTrue();

      assertThat(one.journal.reader().first()).isEqualTo(1_201);
      sent(one, "slow", 2_900);
      assertThat(one.journal.checkpoint()).isTrue();
      assertThat(one.journal.reader().first()).isEqualTo(2_501);
      assertThat(one.journal.reader().read(2_501, one.journal.durable(), 9_999)).hasSize(500);
    }
  }

  /** It was claimed, and nothing is known of it yet: it begins with the oldest event. */
  @Test
  void nothingIsDeleted_thatANewSinkElsewhereMayAskFor() throws Exception {
    try (JournalInstance one = open();
        JournalInstance other = open()) {
      append(one, 10);
      clock.advance(Duration.ofHours(2));
      assertThat(other.journal.claims().claim("sink:new")).isPositive();
      assertThat(one.journal.checkpoint()).isTrue();

      assertThat(redis.xlen(LOG)).isEqualTo(10);
    }
  }

  @Test
  void oneInstanceMakesThem_andAnotherWhenItIsGone() throws Exception {
    RecordingSink sink = new RecordingSink();
    try (JournalInstance one = open();
        JournalInstance other = open()) {
      append(one, 10);
      assertThat(one.journal.checkpoint()).isTrue();
      append(other, 10);
      assertThat(other.journal.checkpoint()).isFalse();
      one.close();
      assertThat(other.journal.checkpoint()).isTrue();
      other.ship("files", sink);
      clock.advance(Duration.ofSeconds(1));
      assertThat(other.total("acme")).isEqualTo(20);
    }
  }

  @Test
  void checkpointThatIsGone_isNotPassedOver() throws Exception {
    try (JournalInstance one = open()) {
      append(one, 10);
      assertThat(one.journal.checkpoint()).isTrue();
    }
    redis.keys("monetize:{usage}:checkpoint:*").forEach(redis::del);

    assertThatThrownBy(this::open)
        .hasMessageContaining("the checkpoint of the journal in Redis is gone");
  }

  /** Two checkpoints, and events since; what the first was made before is deleted. */
  private byte[] damagedAfterTwo(UnaryOperator<byte[]> damage) throws Exception {
    try (JournalInstance one = open()) {
      append(one, 10);
      sent(one, "files", 7);
      assertThat(one.journal.checkpoint()).isTrue();
      append(one, 10);
      clock.advance(Duration.ofHours(2));
      sent(one, "files", 15);
      assertThat(one.journal.checkpoint()).isTrue();
      append(one, 5);
    }
    byte[] newest =
        JournalNames.bytes("monetize:{usage}:checkpoint:" + server(redis).checkpoints().inForce());
    byte[] whole = redis.get(newest);
    redis.set(newest, damage.apply(whole));
    return newest;
  }

  private static byte[] flipped(byte[] bytes) {
    byte[] damaged = bytes.clone();
    damaged[damaged.length / 2] ^= 4;
    return damaged;
  }

  @Test
  void checkpointThatIsDamaged_isDoneWithout_whereTheFormerIsGood() throws Exception {
    for (UnaryOperator<byte[]> damage :
        List.<UnaryOperator<byte[]>>of(
            LogCheckpointsTest::flipped,
            bytes -> Arrays.copyOf(bytes, bytes.length - 3),
            bytes -> new byte[0])) {
      redis.flushAll();
      byte[] unused = damagedAfterTwo(damage);

      try (JournalInstance one = open()) {
        assertThat(one.known("acme")).isEqualTo(25);
        assertThat(one.journal.progress("files").sent()).isEqualTo(15);
        assertThat(one.journal.reader().first()).isGreaterThan(1);
        assertThat(one.journal.checkpoint()).as("a good one").isTrue();
        append(one, 1);
      }
      for (byte[] former : redis.keys(JournalNames.bytes("monetize:{usage}:checkpoint:*"))) {
        if (redis.ttl(former) > 0) {
          redis.del(former);
        }
      }
      try (JournalInstance one = open()) {
        assertThat(one.known("acme")).isEqualTo(26);
      }
    }
  }

  @Test
  void checkpointThatIsDamaged_isNotPassedOver_whereNothingElseIsWhole() throws Exception {
    byte[] newest = damagedAfterTwo(LogCheckpointsTest::flipped);
    byte[] former =
        JournalNames.bytes("monetize:{usage}:checkpoint:" + server(redis).checkpoints().former());
    byte[] good = redis.get(former);

    redis.set(former, flipped(good));
    assertThatThrownBy(this::open)
        .hasMessageMatching(
            "(?s).*the checkpoint of the journal in Redis is damaged \\(.*\\); and the one before"
                + " is damaged \\(.*");
    redis.del(former);
    assertThatThrownBy(this::open)
        .hasMessageContaining("; and the one before is gone (deleted, or evicted)");
    redis.del(newest);
    assertThatThrownBy(this::open)
        .hasMessageContaining("in Redis is gone (deleted, or evicted); and the one before is gone");

    redis.set(former, good);
    redis.xtrim(LOG, 5, false);
    assertThatThrownBy(this::open)
        .hasMessageContaining(
            "in Redis is gone (deleted, or evicted); and records since the one before, 11, are"
                + " deleted");
    redis.del(LOG);
    assertThatThrownBy(this::open).hasMessageContaining("since the one before, 11, are deleted");
  }

  @Test
  void commandsThatComeTwice_andLate_leaveTheCheckpointAsItIs() throws Exception {
    try (RepeatingRedis repeating = new RepeatingRedis(TestRedis.port());
        JournalInstance one = JournalInstance.open(repeating)) {
      append(one, 10);
      assertThat(one.journal.checkpoint()).isTrue();
      append(one, 10);
      assertThat(one.journal.checkpoint()).isTrue();
    }

    try (JournalInstance other = open()) {
      assertThat(other.known("acme")).isEqualTo(20);
    }
  }

  @Test
  void partsThatComeTwice_andLate_areWrittenOnce() throws Exception {
    byte[] large = bytes(700_000);
    try (RepeatingRedis repeating = new RepeatingRedis(TestRedis.port())) {
      JournalServer server = server(repeating);
      assertThat(server.claim("take", "c", "1", 60_000)).isZero();
      server.write(5, bytes(700_001)); // which another one began
      server.write(5, large);
      assertThat(server.save("c", "1", 5, 0, large)).isTrue();
      server.write(5, bytes(9)); // what is late

      assertThat(server.checkpoints().inForce()).isEqualTo(5);
      assertThat(server.checkpoint(5)).isEqualTo(large);
      assertThat(redis.ttl(server.names().checkpoint(5))).as("stays").isEqualTo(-1);
    }
  }

  @Test
  void checkpointThatIsNotAsItWasWritten_isNotPutIntoForce() throws Exception {
    JournalServer server = server(redis);
    assertThat(server.claim("take", "c", "1", 60_000)).isZero();
    byte[] good = bytes(100);
    server.write(5, good);
    assertThat(server.save("c", "1", 5, 0, good)).isTrue();
    byte[] name = server.names().checkpoint(7);

    for (Runnable damage :
        List.<Runnable>of(
            () -> redis.append(name, bytes(1)),
            () -> redis.setrange(name, 3, new byte[] {1, 2}),
            () -> redis.del(name))) {
      server.write(7, good);
      damage.run();
      assertThatThrownBy(() -> server.save("c", "1", 7, 5, good))
          .isInstanceOf(IOException.class)
          .hasMessage("the checkpoint is not there as it was written");
    }
    assertThat(server.checkpoints().inForce()).isEqualTo(5);
    assertThat(server.checkpoint(5)).isEqualTo(good);
  }

  @Test
  void checkpointIsPutIntoForce_onlyAfterTheOneThatItWasMadeFrom() throws Exception {
    JournalServer server = server(redis);
    assertThat(server.claim("take", "c", "1", 60_000)).isZero();
    for (int sequence = 5; sequence <= 7; sequence++) {
      server.write(sequence, bytes(100));
    }
    assertThat(server.save("c", "1", 5, 0, bytes(100))).isTrue();
    assertThat(server.save("c", "1", 7, 5, bytes(100))).isTrue();

    assertThat(server.save("c", "1", 6, 5, bytes(100))).isFalse();
    assertThat(server.checkpoints().inForce()).isEqualTo(7);
    assertThat(server.trim("c", "1", 6)).isTrue();
    assertThat(server.trim("c", "1", 4)).as("late").isTrue();
    assertThat(server.first()).isEqualTo(6);
  }

  private static JournalServer server(UnifiedJedis redis) {
    return new JournalServer(redis, new JournalNames("monetize:"));
  }

  /** That cannot be told apart by their length alone. */
  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
