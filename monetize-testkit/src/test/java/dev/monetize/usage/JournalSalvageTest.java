// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.Fault;
import dev.monetize.testkit.Faults;
import dev.monetize.testkit.MemoryStorage;
import dev.monetize.usage.JournalSettings.OnDamage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A journal of three segments of 4 KiB and a spare one, hurt in every way, and gone on with: what
 * is told to be lost is what is lost, all else is there once and under its sequence, what is
 * appended next comes behind all that ever was, and a second start finds nothing to repair. The
 * hurt files are in quarantine as they were.
 */
class JournalSalvageTest {

  private static final int SEGMENTS = 3;
  private static final int SIZE = SteppedJournal.SEGMENT;
  private static final UUID ID = new UUID(7, 8);
  private static final long SEED = Long.getLong("monetize.test.seed", 20261121);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final KeptRecords kept = new KeptRecords(KeptRecords.MOST_BYTES);
  private final EventPool pool = new EventPool(400, random);
  private final Map<Long, Integer> written = new TreeMap<>();
  private final Map<String, byte[]> images = new TreeMap<>();
  private final Map<String, byte[]> hurt = new TreeMap<>();

  /** Offset in its file at which each record begins, by its sequence; and its file. */
  private final Map<Long, Integer> begins = new TreeMap<>();

  /** Offset behind its last byte that means something. */
  private final Map<Long, Integer> ends = new TreeMap<>();

  private final Map<Long, String> holders = new TreeMap<>();
  private MemoryStorage storage = new MemoryStorage();
  private Map<Long, Integer> found = Map.of();

  @BeforeEach
  void write() throws IOException {
    SteppedJournal journal = open(OnDamage.REFUSE);
    while (segments() < SEGMENTS + 1) {
      UsageEvent event = pool.take();
      written.put(journal.append(event), pool.number(event));
      journal.makeSpare(SEGMENTS + 1);
    }
    for (int i = 0; i < 5; i++) {
      UsageEvent event = pool.take();
      written.put(journal.append(event), pool.number(event));
    }
    journal.sync();
    images.putAll(files());
    images.forEach(this::findRecords);
    assertThat(begins.keySet()).isEqualTo(written.keySet());
    assertThat(new TreeSet<>(holders.values())).hasSize(SEGMENTS);
  }

  private int segments() throws IOException {
    return new SegmentDirectory(storage).files().size();
  }

  private void findRecords(String name, byte[] image) {
    var bytes = java.nio.ByteBuffer.wrap(image).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int at = Segment.HEADER;
        at + 4 <= SIZE && bytes.getInt(at) != 0;
        at += (8 + bytes.getInt(at) + 7) & ~7) {
      begins.put(bytes.getLong(at + 9), at);
      ends.put(bytes.getLong(at + 9), at + 8 + bytes.getInt(at));
      holders.put(bytes.getLong(at + 9), name);
    }
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : storage.names()) {
      files.put(name, bytes(name));
    }
    return files;
  }

  private byte[] bytes(String name) throws IOException {
    var buffer = storage.openToRead(name).buffer();
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  private SteppedJournal open(OnDamage onDamage) throws IOException {
    Numbers numbers = new Numbers(pool);
    SteppedJournal journal = SteppedJournal.open(storage, ID, kept, onDamage, numbers);
    found = numbers.bySequence();
    assertThat(found).hasSameSizeAs(numbers.numbers());
    return journal;
  }

  /** The files as they were written. */
  private void restore() {
    hurt.clear();
    images.forEach((name, bytes) -> hurt.put(name, bytes.clone()));
  }

  private void putHurt() throws IOException {
    storage = new MemoryStorage();
    for (Map.Entry<String, byte[]> file : hurt.entrySet()) {
      storage.write(file.getKey(), to -> to.write(file.getValue()));
    }
    storage.sync();
  }

  /** Opens what is hurt, and again; all that is missing must be told. */
  private List<JournalGap> goOn(String what) throws IOException {
    putHurt();
    try {
      return check(what);
    } catch (AssertionError | IOException | RuntimeException e) {
      throw new AssertionError("seed " + SEED + ", " + what + ": " + e.getMessage(), e);
    }
  }

  private List<JournalGap> check(String what) throws IOException {
    SteppedJournal journal = open(OnDamage.CONTINUE);
    List<JournalGap> gaps = journal.gaps();
    Map<Long, Integer> expected = new TreeMap<>(written);
    gaps.forEach(gap -> lose(expected, gap));
    assertThat(found).isEqualTo(expected);
    checkQuarantine();
    long last = new TreeSet<>(written.keySet()).last();
    UsageEvent event = pool.take();
    long next = journal.append(event);
    assertThat(next).isGreaterThan(last);
    journal.sync();
    expected.put(next, pool.number(event));
    readAll(journal, expected);

    SteppedJournal again = open(OnDamage.REFUSE);
    assertThat(again.gaps()).isEqualTo(gaps);
    assertThat(found).isEqualTo(expected);
    readAll(again, expected);
    assertThat(what).isNotEmpty();
    return gaps;
  }

  private static void lose(Map<Long, Integer> events, JournalGap gap) {
    events.keySet().removeIf(sequence -> sequence >= gap.first() && sequence <= gap.last());
  }

  private void readAll(SteppedJournal journal, Map<Long, Integer> expected) throws IOException {
    Map<Long, Integer> read = new TreeMap<>();
    long last = new TreeMap<>(expected).lastKey();
    for (RecordedEvent event : journal.reader().read(1, last, Integer.MAX_VALUE)) {
      read.put(event.sequence(), pool.number(event.event()));
    }
    assertThat(read).isEqualTo(expected);
  }

  /** Each file that was replaced is there, as it was. */
  private void checkQuarantine() throws IOException {
    Map<String, byte[]> now = files();
    for (Map.Entry<String, byte[]> file : hurt.entrySet()) {
      byte[] bytes = now.get(file.getKey());
      if (bytes == null || !Arrays.equals(bytes, file.getValue())) {
        boolean torn = bytes != null && Arrays.equals(clean(bytes), clean(file.getValue()));
        if (!torn) {
          assertThat(bytes("quarantine/" + file.getKey())).isEqualTo(file.getValue());
        }
      }
    }
  }

  /** Without what lies behind the synced offset. */
  private static byte[] clean(byte[] segment) {
    if (segment.length != SIZE) {
      return segment;
    }
    int synced = Math.max(Segment.BASE, java.nio.ByteBuffer.wrap(segment)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(64));
    byte[] clean = segment.clone();
    Arrays.fill(clean, Math.min(SIZE, synced), SIZE, (byte) 0);
    return clean;
  }

  private long lost(List<JournalGap> gaps) {
    return gaps.stream().mapToLong(gap -> gap.last() - gap.first() + 1).sum();
  }

  private void flip(String name, int at, int pattern) throws IOException {
    restore();
    hurt.get(name)[at] ^= (byte) pattern;
    List<JournalGap> gaps = goOn("byte " + at + " of " + name + " xor " + pattern);
    long sequence = recordAt(name, at);
    if (sequence == 0) {
      assertThat(gaps).as("byte %d of %s, in no record", at, name).isEmpty();
    } else if (sequence < written.size()) {
      assertThat(gaps).as("byte %d of %s", at, name).containsExactly(gap(sequence, sequence));
    } else {
      long most = sequence + (ends.get(sequence) - begins.get(sequence)) / RecordFrame.LEAST;
      assertThat(gaps).as("byte %d of %s, at the end", at, name).hasSize(1);
      assertThat(gaps.get(0).first()).isEqualTo(sequence);
      assertThat(gaps.get(0).last()).isBetween(sequence, most);
    }
  }

  /** The record in which an offset lies, 0 if in none. */
  private long recordAt(String name, int at) {
    return begins.keySet().stream()
        .filter(sequence -> holders.get(sequence).equals(name))
        .filter(sequence -> begins.get(sequence) <= at && at < ends.get(sequence))
        .findAny()
        .orElse(0L);
  }

  private static JournalGap gap(long first, long last) {
    return new JournalGap(first, last);
  }

  @Test
  void everyByte_changed_losesNothingButItsRecord() throws IOException {
    for (String name : images.keySet()) {
      boolean used = holders.containsValue(name);
      for (int at = 0; at < SIZE; at += used || at < Segment.HEADER ? 1 : 16) {
        flip(name, at, 1 << random.nextInt(8));
      }
    }
  }
}
