// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParkedBatchTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ShipSchedule TWOS = ShipSchedule.within(2, Duration.ofHours(1));

  @TempDir private Path directory;
  private final TestClock clock = new TestClock();
  private final LinkedBlockingQueue<UsageBatch> taken = new LinkedBlockingQueue<>();
  private final Set<String> poison = ConcurrentHashMap.newKeySet();
  private final UsageSink sink = this::take;
  private FileUsageJournal journal;

  @BeforeEach
  void open() throws IOException {
    journal = FileUsageJournal.openWith(directory, 1 << 17, (sequence, event) -> {});
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void take(UsageBatch batch) throws UsageSink.Rejected {
    for (UsageEvent event : batch.events()) {
      if (poison.contains(event.customer())) {
        throw new UsageSink.Rejected("no customer " + event.customer());
      }
    }
    taken.add(batch);
  }

  private void append(String... customers) {
    for (String customer : customers) {
      assertThat(journal.append(Events.call(customer))).isPositive();
    }
  }

  private Shipper start(NamedSink... sinks) {
    return Shipper.start(journal, List.of(sinks), clock);
  }

  private NamedSink file() {
    return new NamedSink("file", sink, TWOS);
  }

  /** A run that parks the second of three batches, and ends. */
  private String parkOne() throws Exception {
    poison.add("bad");
    append("a", "b", "bad", "d", "e", "f");
    journal.sync(LONG);
    Shipper shipper = start(file());
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(taken).extracting(UsageBatch::first).containsExactly(1L, 5L);
    taken.clear();
    return shipper.parked().get(0).id();
  }

  @Test
  void rejectedBatch_isParkedAndShown_theRestGoesOn() throws Exception {
    poison.add("bad");
    append("a", "b", "bad", "d", "e", "f");
    journal.sync(LONG);
    Shipper shipper = start(file());

    assertThat(next().events()).containsExactly(Events.call("a"), Events.call("b"));
    assertThat(next().events()).containsExactly(Events.call("e"), Events.call("f"));

    ParkedBatch parked = shipper.parked().get(0);
    assertThat(parked)
        .isEqualTo(new ParkedBatch(journal.id(), "file", 3, 4, clock.instant(), "no customer bad"));
    assertThat(parked.id()).isEqualTo(journal.id() + ":file:3-4");
    assertThat(shipper.parked()).hasSize(1);
    assertThat(shipper.lag().get("file").parked()).isEqualTo(1);
    assertThat(shipper.close(LONG)).isTrue();
  }

  private UsageBatch next() throws InterruptedException {
    UsageBatch batch = taken.poll(20, TimeUnit.SECONDS);
    assertThat(batch).as("a batch").isNotNull();
    return batch;
  }

  @Test
  void parkedBatch_survivesARestart_andComesAgainOnlyWhenAskedFor() throws Exception {
    String id = parkOne();
    journal.close();
    open();
    poison.clear();
    append("g", "h");
    journal.sync(LONG);

    Shipper shipper = start(file());

    assertThat(next().events()).containsExactly(Events.call("g"), Events.call("h"));
    assertThat(shipper.parked()).extracting(ParkedBatch::id).containsExactly(id);
    assertThat(shipper.parked()).extracting(ParkedBatch::reason).containsExactly("no customer bad");
    shipper.retry(id);
    UsageBatch again = next();
    assertThat(again.id()).isEqualTo(id);
    assertThat(again.events()).containsExactly(Events.call("bad"), Events.call("d"));
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(shipper.parked()).isEmpty();
    journal.close();
    open();
    Shipper third = start(file());
    assertThat(third.parked()).isEmpty();
    assertThat(third.close(LONG)).isTrue();
    assertThat(taken).isEmpty();
  }

  @Test
  void lastBatch_onceParked_isNotCutAgainByARestart() throws Exception {
    poison.add("bad");
    append("bad", "b");
    journal.sync(LONG);
    Shipper shipper = start(file());
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(shipper.parked()).hasSize(1);
    journal.close();
    open();
    poison.clear();

    assertThat(journal.progress("file").sent()).isEqualTo(2);
    assertThat(journal.progress("file").sealed()).isNull();
    assertThat(journal.progress("file").needed()).as("kept for a retry").isEqualTo(1);
    assertThat(start(file()).close(LONG)).isTrue();
    assertThat(taken).isEmpty();
  }

  @Test
  void retry_thatIsRefusedAgain_leavesItParked() throws Exception {
    String id = parkOne();
    clock.advance(Duration.ofHours(1));
    append("g", "h");
    journal.sync(LONG);
    Shipper shipper = start(file());

    shipper.retry(id);

    assertThat(next().events()).containsExactly(Events.call("g"), Events.call("h"));
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(shipper.parked())
        .extracting(ParkedBatch::id, ParkedBatch::at)
        .containsExactly(tuple(id, clock.instant()));
  }

  @Test
  void retry_ofABatchThatJustArrived_isHarmless() throws Exception {
    String id = parkOne();
    poison.clear();
    Shipper shipper = start(file());

    assertThat(shipper.retry(id)).isTrue();
    assertThat(next().id()).isEqualTo(id);
    assertThat(shipper.close(LONG)).isTrue();

    assertThat(shipper.retry(id)).isFalse();
    assertThat(shipper.drop(id)).isFalse();
    assertThat(taken).isEmpty();
  }

  @Test
  void batchThatNeverWas_isRefused() throws Exception {
    String id = parkOne();
    Shipper shipper = start(file());

    for (String wrong :
        List.of(
            "x", id + "0", id.replace("file", "life"), id.replace(journal.id() + "", "other"))) {
      assertThatThrownBy(() -> shipper.retry(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no batch \"" + wrong + "\" is parked");
    }
    shipper.close(LONG);
  }

  @Test
  void droppedBatch_neverComes() throws Exception {
    String id = parkOne();
    Shipper shipper = start(file());

    shipper.drop(id);

    assertThat(shipper.parked()).isEmpty();
    assertThat(shipper.retry(id)).isFalse();
    assertThat(shipper.drop(id)).isFalse();
    assertThat(shipper.close(LONG)).isTrue();
    journal.close();
    open();
    poison.clear();
    Shipper after = start(file());
    assertThat(after.parked()).isEmpty();
    assertThat(after.missing()).isEmpty();
    assertThat(after.close(LONG)).isTrue();
    assertThat(taken).isEmpty();
  }

  @Test
  void missingSinksBatches_areShown_canBeDropped_andAreForgottenWithIt() throws Exception {
    String id = parkOne();
    Shipper without = start();

    assertThat(without.parked()).extracting(ParkedBatch::id).containsExactly(id);
    assertThatThrownBy(() -> without.retry(id)).hasMessage("sink \"file\" is missing");
    without.forget("file");

    assertThat(without.parked()).isEmpty();
    assertThat(without.drop(id)).isFalse();
  }

  @Test
  void sinkThatRejectsEverything_stopsAtAHundred() throws Exception {
    for (int i = 0; i < 210; i++) {
      poison.add("c" + i);
      append("c" + i);
    }
    journal.sync(LONG);
    Shipper shipper = start(file());
    while (shipper.lag().get("file").failures() == 0) {
      Thread.onSpinWait();
    }

    assertThat(shipper.parked()).hasSize(SinkPlace.MOST_PARKED);
    poison.clear();
    shipper.drop(shipper.parked().get(0).id());
    assertThat(shipper.close(LONG)).isTrue();
    assertThat(taken).hasSize(5);
  }

  @Test
  void batchThatFails_isTriedWithoutEnd_unlessASpanIsGiven() throws Exception {
    append("a", "b", "c", "d");
    journal.sync(LONG);
    UsageSink failing =
        batch -> {
          if (batch.first() == 1) {
            throw new IOException("told to");
          }
          taken.add(batch);
        };
    Shipper shipper =
        start(
            new NamedSink("endless", failing, TWOS),
            new NamedSink("spare", failing, TWOS, Duration.ofHours(24)));
    while (taken.isEmpty()) {
      clock.advance(Duration.ofMinutes(1));
      shipper.wake();
      Thread.onSpinWait();
    }

    assertThat(next().sink()).isEqualTo("spare");
    assertThat(shipper.parked())
        .extracting(ParkedBatch::sink, ParkedBatch::reason)
        .containsExactly(
            tuple("spare", "failed for PT24H, at last with java.io.IOException: told to"));
    assertThat(Duration.between(new TestClock().instant(), clock.instant()))
        .isGreaterThan(Duration.ofHours(24));
    shipper.close(LONG);
  }

  @Test
  void longReason_isCut() {
    SinkMark mark = new SinkMark(SinkMark.Kind.SEALED, "file", 1, 2).parked(5, "x".repeat(501));

    assertThat(mark.reason()).hasSize(500);
  }

  @Test
  void markOfALaterLayout_isRefused() {
    byte[] bytes = new byte[100];
    PayloadWriter writer = new PayloadWriter(bytes);
    new SinkMark(SinkMark.Kind.SEALED, "file", 3, 9).parked(-5, "because").write(writer);
    PayloadReader reader = new PayloadReader(bytes);
    reader.range(0, writer.position());
    assertThat(SinkMark.read(SinkMark.Kind.PARKED, reader))
        .isEqualTo(new SinkMark(SinkMark.Kind.PARKED, "file", 3, 9, -5, "because"));

    bytes[0] = 3;
    reader.range(0, writer.position());
    assertThatThrownBy(() -> SinkMark.read(SinkMark.Kind.PARKED, reader))
        .hasMessage("sink mark layout 3 is of a later version");
  }
}
