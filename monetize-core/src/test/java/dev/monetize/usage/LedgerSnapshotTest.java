// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LedgerSnapshotTest {

  private static final long SEED = 20261120;

  private final TestClock clock = new TestClock();

  static byte[] bytes(Ledger ledger) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ledger.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  static Ledger read(Ledger like, byte[] bytes) throws IOException {
    Ledger read = like.fresh();
    read.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    return read;
  }

  private static List<UsageEvent> history(Random random, int count) {
    List<UsageEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean again = i > 0 && random.nextInt(3) > 0;
      events.add(again ? events.get(random.nextInt(i)) : Events.random(random));
    }
    return events;
  }

  private static Ledger fold(Ledger into, List<UsageEvent> events, int from, int to) {
    for (int i = from; i < to; i++) {
      into.event(i + 1, events.get(i));
    }
    return into;
  }

  @Test
  void snapshotOfAnyPrefix_andTheRest_equalAll() throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < 20; round++) {
      List<UsageEvent> events = history(random, 60);
      byte[] all = bytes(fold(new Ledger(clock), events, 0, 60));
      for (int prefix = 0; prefix <= 60; prefix++) {
        Ledger some = fold(new Ledger(clock), events, 0, prefix);
        Ledger restored = read(some, bytes(some));
        assertThat(bytes(restored)).as("seed %d, prefix %d", SEED, prefix).isEqualTo(bytes(some));
        assertThat(bytes(fold(restored, events, prefix, 60)))
            .as("seed %d, round %d, prefix %d", SEED, round, prefix)
            .isEqualTo(all);
      }
    }
  }

  @Test
  void ledgersThatDiffer_writeOtherBytes() {
    List<UsageEvent> events = history(new Random(SEED), 40);
    Ledger ledger = new Ledger(clock);
    byte[] before = bytes(ledger);
    for (int i = 0; i < events.size(); i++) {
      ledger.event(i + 1, Events.call("c" + i, events.get(i).timeNanos()));
      byte[] after = bytes(ledger);
      assertThat(after).as("seed %d, event %d", SEED, i).isNotEqualTo(before);
      before = after;
    }
  }

  @Test
  void largeLedger_takesManyChunks_andLeavesWhatFollows() throws IOException {
    Ledger ledger = fold(new Ledger(clock), history(new Random(SEED), 5000), 0, 5000);
    byte[] snapshot = bytes(ledger);
    byte[] followed = Arrays.copyOf(snapshot, snapshot.length + 1);
    followed[snapshot.length] = 42;
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(followed));
    Ledger restored = ledger.fresh();

    restored.read(in);

    assertThat(snapshot.length).isGreaterThan(10 * SnapshotWriter.CHUNK);
    assertThat(bytes(restored)).isEqualTo(snapshot);
    assertThat(in.read()).isEqualTo(42);
  }

  @Test
  void everyFlippedOrMissingByte_isRefused() {
    byte[] snapshot = bytes(fold(new Ledger(clock), history(new Random(SEED), 20), 0, 20));
    for (int i = 0; i < snapshot.length; i++) {
      byte[] damaged = snapshot.clone();
      damaged[i] ^= (byte) (1 << (i % 8));
      assertRefused(damaged, "the ledger's snapshot ");
      assertRefused(Arrays.copyOf(snapshot, i), "the ledger's snapshot ends too early");
    }
  }

  @Test
  void garbage_isRefused() {
    Random random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      byte[] garbage = new byte[random.nextInt(200)];
      random.nextBytes(garbage);
      assertRefused(garbage, "the ledger's snapshot ");
    }
  }

  @Test
  void hostileCounts_areRefused_withoutBelievingThem() throws IOException {
    for (int at = 0; at < 6; at++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      SnapshotWriter writer = new SnapshotWriter(new DataOutputStream(bytes), "ledger", 1);
      if (at > 0) {
        writer.varint(1);
        writer.string("acme");
      }
      for (int i = 1; i < at; i++) {
        writer.varint(1);
      }
      writer.varint(at % 2 == 0 ? Long.MAX_VALUE : -1);
      writer.end();
      assertRefused(bytes.toByteArray(), "the ledger's snapshot ");
    }
  }

  @Test
  void laterVersion_isRefused_byName() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new SnapshotWriter(new DataOutputStream(bytes), "ledger", 2).end();

    assertRefused(
        bytes.toByteArray(),
        "the ledger's snapshot cannot be read: version must be 1, got 2 (of a later version?)");
  }

  @Test
  void anotherStatesSnapshot_isRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new SnapshotWriter(new DataOutputStream(bytes), "notices", 1).end();

    assertRefused(
        bytes.toByteArray(),
        "the ledger's snapshot cannot be read: this is no snapshot of \"ledger\"");
  }

  @Test
  void onlyAnEmptyLedger_takesASnapshot() {
    Ledger ledger = fold(new Ledger(clock), List.of(Events.call("acme")), 0, 1);

    assertThatIllegalStateException().isThrownBy(() -> ledger.read(new DataInputStream(empty())));
  }

  @Test
  void hoursThatHaveGrownTooOld_areLeftOut() throws IOException {
    Ledger ledger = new Ledger(clock);
    ledger.event(1, Events.call("acme", Events.NOON));
    ledger.event(2, Events.call("acme", Events.NOON + Duration.ofDays(2).toNanos()));
    byte[] both = bytes(ledger);

    clock.advance(Ledger.KEPT.plusDays(1));

    assertThat(bytes(read(ledger, both))).hasSizeLessThan(both.length);
  }

  private static ByteArrayInputStream empty() {
    return new ByteArrayInputStream(new byte[0]);
  }

  private void assertRefused(byte[] snapshot, String message) {
    Ledger ledger = new Ledger(clock);
    assertThatThrownBy(() -> ledger.read(new DataInputStream(new ByteArrayInputStream(snapshot))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(message);
    assertThat(bytes(ledger)).isEqualTo(bytes(new Ledger(clock)));
  }
}
