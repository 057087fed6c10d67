// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipperTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ShipSchedule TENS = ShipSchedule.within(10, Duration.ofHours(1));

  @TempDir private Path directory;
  private final TestClock clock = new TestClock();
  private final QueueSink sink = new QueueSink();
  private FileUsageJournal journal;

  @BeforeEach
  void open() throws IOException {
    journal = FileUsageJournal.openWith(directory, 4096, (sequence, event) -> {});
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void reopen() throws IOException {
    journal.close();
    open();
  }

  private void append(int events) {
    for (int i = 0; i < events; i++) {
      assertThat(journal.append(Events.call("c" + i))).isPositive();
    }
  }

  private Shipper start(String name, UsageSink to) {
    return Shipper.start(journal, List.of(new NamedSink(name, to, TENS)), clock);
  }

  @Test
  void fullBatch_isCutAtOnce_theRestWhenItHasWaited() throws Exception {
    Shipper shipper = start("file", sink);
    append(25);

    List<UsageEvent> events = new ArrayList<>();
    UsageBatch batch = sink.next();
    while (events.size() + batch.events().size() < 20) {
      events.addAll(batch.events());
      batch = sink.next();
    }
    events.addAll(batch.events());
    int before = events.size();
    turnClockUntilDelivered(shipper, Duration.ofHours(1));
    events.addAll(sink.next().events());

    assertThat(before).isBetween(20, 24);
    assertThat(events).hasSize(25);
    assertThat(events.get(24)).isEqualTo(Events.call("c24"));
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(sink.batches).isEmpty();
  }

  private void turnClockUntilDelivered(Shipper shipper, Duration step) {
    while (sink.batches.isEmpty()) {
      clock.advance(step);
      shipper.wake();
      Thread.onSpinWait();
    }
  }

  @Test
  void batch_isNamedByJournalSinkAndRange() throws Exception {
    append(10);
    Shipper shipper = start("file", sink);

    UsageBatch batch = sink.next();

    assertThat(batch.id()).isEqualTo(journal.id() + ":file:1-10");
    assertThat(batch.recorded().get(3).id()).isEqualTo(journal.id() + ":4");
    assertThat(shipper.close(LONG)).isTrue();
  }

  @Test
  void close_deliversWhatIsThere() throws Exception {
    Shipper shipper = start("file", sink);
    append(35);

    assertThat(shipper.close(LONG)).isTrue();

    assertThat(sink.batches.stream().mapToInt(batch -> batch.events().size()).sum()).isEqualTo(35);
  }

  @Test
  void awaitSent_waitsForWhatWasSettledBefore_andNoLonger() throws Exception {
    QueueSink other = new QueueSink();
    Shipper shipper = start("file", sink);
    append(10);

    assertThat(shipper.awaitSent("file", LONG)).isTrue();
    assertThat(sink.batches).isNotEmpty();
    assertThat(shipper.awaitSent("file", LONG)).isTrue(); // marks are nothing to send

    append(3); // those wait for an hour
    journal.sync(LONG);
    assertThat(shipper.awaitSent("file", Duration.ofMillis(200))).isFalse();
    assertThat(shipper.name(sink)).contains("file");
    assertThat(shipper.name(other)).isEmpty();
    assertThatThrownBy(() -> shipper.awaitSent("files", LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no sink is named \"files\", only [file]");
    assertThat(shipper.close(LONG)).isTrue();
  }

  @Test
  void restart_goesOnBehindWhatWasSent() throws Exception {
    append(12);
    start("file", sink).close(LONG);
    sink.batches.clear();
    reopen();
    append(3);

    start("file", sink).close(LONG);

    assertThat(sink.batches).hasSize(1);
    assertThat(sink.next().events())
        .containsExactly(Events.call("c0"), Events.call("c1"), Events.call("c2"));
  }

  @Test
  void crashBetweenDeliveryAndItsMark_bringsTheSameBatchAgain() throws Exception {
    append(7);
    sink.failures.set(2); // it takes the batch, and nothing is written down
    Shipper crashed = start("file", sink);
    crashed.close(LONG);
    UsageBatch first = sink.next();
    sink.batches.clear();
    sink.failures.set(0);
    reopen();
    append(8);

    ShipSchedule other = ShipSchedule.within(3, Duration.ofMillis(1));
    Shipper.start(journal, List.of(new NamedSink("file", sink, other)), clock).close(LONG);

    UsageBatch again = sink.next();
    assertThat(again).isEqualTo(first);
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.totals()).isEqualTo(first.totals());
    assertThat(sink.batches.stream().mapToInt(batch -> batch.events().size()).sum()).isEqualTo(8);
  }

  @Test
  void failingSink_isTriedAgainAndHoldsUpNoOther() throws Exception {
    QueueSink failing = new QueueSink();
    failing.failures.set(3);
    append(10);
    Shipper shipper =
        Shipper.start(
            journal,
            List.of(new NamedSink("bad", failing, TENS), new NamedSink("good", sink, TENS)),
            clock);

    UsageBatch first = failing.next();
    assertThat(sink.next().events()).hasSize(10);
    for (int i = 0; i < 3; i++) {
      while (failing.batches.isEmpty()) {
        clock.advance(Duration.ofMinutes(1));
        shipper.wake();
      }
      assertThat(failing.next()).isEqualTo(first);
    }
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(failing.batches).isEmpty();
  }

  @Test
  void stuckSink_doesNotHoldUpTheEnd() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    append(10);
    Shipper shipper =
        start(
            "file",
            batch -> {
              entered.countDown();
              never.await();
            });
    entered.await();

    assertThat(shipper.close(Duration.ofMillis(20))).isFalse();

    reopen();
    assertThat(start("file", sink).close(LONG)).isTrue();
    assertThat(sink.next().events()).hasSize(10);
  }

  @Test
  void sinkThatThrowsAnything_isTriedAgain() throws Exception {
    append(10);
    CountDownLatch thrown = new CountDownLatch(1);
    Shipper shipper =
        start(
            "file",
            batch -> {
              if (thrown.getCount() > 0) {
                thrown.countDown();
                throw new StackOverflowError("told to");
              }
              sink.deliver(batch);
            });
    thrown.await();
    turnClockUntilDelivered(shipper, Duration.ofMinutes(1));

    assertThat(sink.next().events()).hasSize(10);
    assertThat(shipper.close(LONG)).isTrue();
  }

  @Test
  void newSink_beginsWithTheOldestEvent() throws Exception {
    append(10);
    start("old", sink).close(LONG);
    sink.batches.clear();

    start("new", sink).close(LONG);

    assertThat(sink.next().first()).isEqualTo(1);
  }

  @Test
  void forgottenSink_isOwedNothing_andBeginsWithWhatComes() throws Exception {
    append(10);
    start("old", sink).close(LONG);
    append(5);
    Shipper without = Shipper.start(journal, List.of(), clock);
    assertThat(without.missing()).containsExactly("old");
    without.forget("old");
    assertThat(without.missing()).isEmpty();
    without.close(LONG);
    reopen();
    assertThat(Shipper.start(journal, List.of(), clock).missing()).isEmpty();
    sink.batches.clear();
    append(1);

    start("old", sink).close(LONG);

    assertThat(sink.next().events()).hasSize(1);
    assertThat(sink.batches).isEmpty();
  }

  @Test
  void forget_ofASinkThatIsThere_isRefused() {
    Shipper shipper = start("file", sink);

    assertThatThrownBy(() -> shipper.forget("file"))
        .hasMessage("only a missing sink can be forgotten, one of [], got \"file\"");
    shipper.close(LONG);
  }

  @Test
  void names_areChecked() {
    NamedSink named = new NamedSink("a", sink);

    assertThatThrownBy(() -> Shipper.start(journal, List.of(named, named), clock))
        .hasMessage("two sinks are named \"a\"");
    assertThatThrownBy(() -> new NamedSink("A b", sink))
        .hasMessage("a sink's name must match [a-z0-9_-]{1,40}, got \"A b\"");
  }

  @Test
  void sinkThatAlwaysFails_holdsOneBatchOnly_whileAnotherGetsEverything() throws Exception {
    int events = 150_000; // some 60 MB as objects
    AtomicLong counted = new AtomicLong();
    Set<UsageBatch> tried = Collections.newSetFromMap(new IdentityHashMap<>());
    journal.close();
    journal = FileUsageJournal.openWith(directory, 16 << 20, (sequence, event) -> {});
    Shipper shipper =
        Shipper.start(
            journal,
            List.of(
                new NamedSink(
                    "bad",
                    batch -> {
                      tried.add(batch);
                      throw new IOException("told to");
                    },
                    TENS),
                new NamedSink("good", batch -> counted.addAndGet(batch.events().size()))),
            clock);
    long before = usedHeap();
    UsageEvent event = Events.call("acme");
    for (int i = 0; i < events; i++) {
      journal.append(event);
    }
    while (counted.get() < events) {
      clock.advance(Duration.ofMinutes(2));
      shipper.wake();
      Thread.onSpinWait();
    }

    assertThat(usedHeap() - before).isLessThan(12 << 20);
    SinkLag lag = shipper.lag().get("bad");
    assertThat(lag.events()).isGreaterThan(events - 10);
    assertThat(shipper.lag().get("good").events()).isZero();
    assertThat(shipper.close(LONG)).isFalse();
    assertThat(tried).hasSize(1);
    assertThat(tried.iterator().next().recorded()).hasSizeLessThanOrEqualTo(10);
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void lag_tellsHowFarEachSinkIsBehind() throws Exception {
    sink.failures.set(Integer.MAX_VALUE);
    append(10);
    journal.sync(LONG);
    Shipper shipper = start("file", sink);
    sink.next();
    clock.advance(Duration.ofSeconds(5));
    while (shipper.lag().get("file").failures() < 3) {
      shipper.wake();
      clock.advance(Duration.ofMinutes(1));
    }

    SinkLag lag = shipper.lag().get("file");
    assertThat(lag.sink()).isEqualTo("file");
    assertThat(lag.events()).isEqualTo(10);
    assertThat(lag.oldest())
        .isEqualTo(Duration.between(Events.call("c").settled(), clock.instant()));
    assertThat(lag.parked()).isZero();
    sink.failures.set(0);
    while (shipper.lag().get("file").events() > 0) {
      clock.advance(Duration.ofMinutes(1));
      shipper.wake();
    }
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(shipper.lag().get("file")).isEqualTo(new SinkLag("file", 0, Duration.ZERO, 0, 0));
  }

  @Test
  void close_whileASinkFails_endsAtOnce_andTheRestComesAfterTheNextStart() throws Exception {
    append(35);
    journal.sync(LONG);
    AtomicInteger attempts = new AtomicInteger();
    Shipper shipper =
        start(
            "file",
            batch -> {
              if (attempts.incrementAndGet() > 1) {
                throw new IOException("told to");
              }
              sink.deliver(batch);
            });
    while (attempts.get() < 2) {
      Thread.onSpinWait();
    }

    assertThat(shipper.close(LONG)).isFalse();

    assertThat(attempts.get()).isBetween(2, 4); // once more, not until the time is over
    reopen();
    assertThat(start("file", sink).close(LONG)).isTrue();
    List<String> ids = sink.batches.stream().map(UsageBatch::id).toList();
    assertThat(ids).hasSize(4).doesNotHaveDuplicates();
    assertThat(sink.batches.stream().flatMap(batch -> batch.events().stream()))
        .extracting(UsageEvent::customer)
        .containsExactlyElementsOf(IntStream.range(0, 35).mapToObj(i -> "c" + i).toList());
  }

  @Test
  void sinkThatWasAwayForARun_goesOnWhereItWas() throws Exception {
    append(12);
    start("file", sink).close(LONG);
    reopen();
    sink.batches.clear();
    QueueSink other = new QueueSink();
    append(5);
    Shipper without = start("other", other);
    assertThat(without.missing()).containsExactly("file");
    assertThat(without.close(LONG)).isTrue();
    assertThat(other.batches.stream().mapToInt(batch -> batch.events().size()).sum()).isEqualTo(17);
    reopen();
    append(2);

    Shipper with = start("file", sink);

    assertThat(with.missing()).containsExactly("other");
    assertThat(with.close(LONG)).isTrue();
    assertThat(sink.batches.stream().mapToInt(batch -> batch.events().size()).sum()).isEqualTo(7);
  }
}
