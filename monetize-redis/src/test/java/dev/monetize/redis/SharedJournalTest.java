// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.RecordingSink;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.SinkMark;
import dev.monetize.usage.SinkMark.Kind;
import dev.monetize.usage.UsageBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.RedisClient;

/** Two instances on one journal. */
@Timeout(60)
class SharedJournalTest {

  private final RedisClient redis = TestRedis.empty();
  private JournalInstance one;
  private JournalInstance other;

  @BeforeEach
  void open() {
    one = JournalInstance.open(redis);
    other = JournalInstance.open(redis);
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
    redis.close();
  }

  private static List<RecordedEvent> all(JournalInstance instance) throws Exception {
    instance.journal.sync(Duration.ofSeconds(10));
    assertThat(instance.journal.catchUp(Duration.ofSeconds(10))).isTrue();
    return instance.journal.reader().read(1, instance.journal.durable(), Integer.MAX_VALUE);
  }

  @Test
  void eachKnowsWhatAllAppended_onceItHasCaughtUp() throws Exception {
    assertThat(one.journal.id()).isEqualTo(other.journal.id());
    for (int i = 0; i < 50; i++) {
      assertThat(one.append("acme", 1)).isPositive();
      assertThat(other.append("acme", 10)).isPositive();
      assertThat(one.total("acme")).isEqualTo(11L * (i + 1));
      assertThat(other.total("acme")).isEqualTo(11L * (i + 1));
    }
    assertThat(all(one)).hasSize(100).isEqualTo(all(other));
  }

  @Test
  void othersAreKnownWithoutAsking() {
    one.append("acme", 7);

    TestNodes.await("the other one knows", () -> other.known("acme") == 7);
  }

  @Test
  void whoStartsLater_knowsAll() throws Exception {
    one.append("acme", 7);
    other.append("acme", 8);
    try (JournalInstance third = JournalInstance.open(redis)) {
      assertThat(third.known("acme")).isEqualTo(15);
    }
  }

  @Test
  void sink_isServedByOne_whichGetsTheUseOfAll() throws Exception {
    RecordingSink first = new RecordingSink();
    RecordingSink second = new RecordingSink();
    one.ship("files", first);
    other.ship("files", second);
    for (int i = 0; i < 200; i++) {
      one.append("acme", 1);
      other.append("acme", 1);
    }

    TestNodes.await("all has arrived", () -> first.events().size() == 400);
    assertThat(second.batches()).isEmpty();
    TestNodes.await(
        "both know of it",
        () ->
            one.journal.progress("files").sent() == one.journal.durable()
                && other.journal.progress("files").sent() == one.journal.durable());
  }

  @Test
  void sinkOfOneThatCloses_isServedByTheOtherAtOnce() throws Exception {
    RecordingSink first = new RecordingSink();
    RecordingSink second = new RecordingSink();
    one.ship("files", first);
    one.append("acme", 1);
    TestNodes.await("it arrived", () -> first.events().size() == 1);
    other.ship("files", second);
    one.close();
    other.append("acme", 2);

    TestNodes.await("the other one goes on", () -> second.events().size() == 1);
  }

  /** Killed while the sink takes its batch: the same batch comes again, from the other one. */
  @Test
  void sinkOfOneThatDies_getsTheSameBatchFromTheOther() throws Exception {
    AtomicReference<UsageBatch> tried = new AtomicReference<>();
    CountDownLatch never = new CountDownLatch(1);
    one.ship(
        "files",
        batch -> {
          tried.compareAndSet(null, batch);
          never.await();
        });
    for (int i = 0; i < 30; i++) {
      one.append("acme", 1);
    }
    TestNodes.await("it is on its way", () -> tried.get() != null);
    RecordingSink second = new RecordingSink();
    other.ship("files", second);
    other.append("acme", 1);
    one.kill();

    TestNodes.await("the other one goes on", () -> second.events().size() == 31);
    assertThat(second.batches().get(0)).isEqualTo(tried.get());
    never.countDown();
  }

  /** It is only slow, and comes back when the other one has gone on: it may write nothing down. */
  @Test
  void whoHasLostTheSink_canWriteNothingDown() throws Exception {
    LinkedBlockingQueue<UsageBatch> tried = new LinkedBlockingQueue<>();
    CountDownLatch go = new CountDownLatch(1);
    one.ship(
        "files",
        batch -> {
          tried.add(batch);
          go.await();
        });
    one.append("acme", 1);
    UsageBatch slow = tried.poll(20, TimeUnit.SECONDS);
    redis.del("monetize:{usage}:claim:sink:files"); // as if its time had run out
    RecordingSink second = new RecordingSink();
    other.ship("files", second);
    TestNodes.await("the other one goes on", () -> second.events().size() == 1);
    other.append("acme", 2);
    TestNodes.await("the other one goes on", () -> second.events().size() == 2);
    go.countDown();
    long last = other.journal.durable();
    TestNodes.await("both know", () -> sent(one) == last && sent(other) == last);

    assertThat(second.batches().get(0)).isEqualTo(slow);
    assertThat(tried).isEmpty();
    assertThat(one.journal.mark(new SinkMark(Kind.SENT, "files", 1, 99, 0, ""))).isZero();
  }

  private static long sent(JournalInstance instance) {
    return instance.journal.progress("files").sent();
  }

  @Test
  void sinkThatAnotherInstanceServes_cannotBeForgotten() throws Exception {
    RecordingSink first = new RecordingSink();
    one.ship("files", first);
    one.append("acme", 1);
    TestNodes.await("it arrived", () -> !one.journal.sinks().isEmpty() && sent(one) > 0);
    TestNodes.await("it is known", () -> sent(other) > 0);
    var without = other.ship("others", new RecordingSink());

    Assertions.assertThatThrownBy(() -> without.forget("files")).isInstanceOf(IOException.class);
    one.close();
    without.forget("files");
    assertThat(other.journal.progress("files").givenUp()).isTrue();
  }

  @Test
  void notes_reachAll() throws Exception {
    List<String> heard = new ArrayList<>();
    try (JournalInstance third =
        JournalInstance.open(redis, settings -> settings, new NoteState(heard))) {
      one.journal.note("from one".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      other.journal.note("from other".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(third.journal.catchUp(Duration.ofSeconds(10))).isTrue();
      assertThat(heard).containsExactly("from one", "from other");
    }
  }

  @Test
  void noteInTurn_isTakenWhileTheTurnLasts() throws Exception {
    long turn = one.journal.claims().claim("notes");
    assertThat(turn).isPositive();
    assertThat(other.journal.claims().claim("notes")).isZero();

    assertThat(one.journal.noteInTurn(new byte[] {1}, "notes", turn)).isPositive();
    assertThat(other.journal.noteInTurn(new byte[] {2}, "notes", 1)).isZero();
    one.close();
    TestNodes.await("it is the other's", () -> other.journal.claims().claim("notes") > 0);

    long last = other.journal.claims().claim("notes");
    assertThat(other.journal.noteInTurn(new byte[] {3}, "notes", last + 1)).isZero();
    assertThat(other.journal.noteInTurn(new byte[] {4}, "notes", last)).isPositive();
  }

  /** As after a restart, whose first record was refused: sequences were left out for nothing. */
  @Test
  void claim_isHad_alsoWhereNoRecordHasTheLastSequence() throws Exception {
    one.append("acme", 1);
    all(other);
    redis.hincrBy("monetize:{usage}:head", "last", 1_000_000);

    assertThat(other.journal.claims().claim("notes")).isPositive();
    assertThat(other.append("acme", 2)).isEqualTo(1_000_002);
  }

  /** As one whose machine slept: what others deleted meanwhile it can never know. */
  @Test
  void instanceThatMissedRecords_takesNothingMore() throws Exception {
    one.append("acme", 1);
    all(one);
    try (JournalInstance asleep =
        JournalInstance.open(redis, settings -> settings.every(Duration.ofSeconds(10)))) {
      one.append("acme", 2);
      one.append("acme", 4);
      redis.xtrim(JournalNames.bytes("monetize:{usage}:log"), 1, false);
      redis.hset("monetize:{usage}:head", "first", "3");

      assertThat(asleep.journal.catchUp(Duration.ofMillis(500))).isFalse();
      assertThat(asleep.journal.accepting()).isFalse();
      assertThat(asleep.journal.note(new byte[] {1})).isZero();
    }
  }
}
