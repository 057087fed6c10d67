// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.Fault;
import dev.monetize.testkit.Faults;
import dev.monetize.testkit.MemoryStorage;
import dev.monetize.usage.JournalSettings.OnDamage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  private final SteppedJournal.Memory memory = new SteppedJournal.Memory();
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
    var bytes = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
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
    SteppedJournal journal = SteppedJournal.open(storage, ID, memory, onDamage, numbers);
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
    journal.makeSpare(SEGMENTS + 2); // what is lost keeps its room: there may be none left
    long next = journal.append(event);
    assertThat(next).isGreaterThan(last);
    journal.sync();
    expected.put(next, pool.number(event));
    readAll(journal, expected, journal.first());

    SteppedJournal again = open(OnDamage.REFUSE);
    assertThat(again.gaps()).isEqualTo(gaps);
    assertThat(found).isEqualTo(expected);
    readAll(again, expected, journal.first());
    assertThat(what).isNotEmpty();
    return gaps;
  }

  private static void lose(Map<Long, Integer> events, JournalGap gap) {
    events.keySet().removeIf(sequence -> sequence >= gap.first() && sequence <= gap.last());
  }

  private void readAll(SteppedJournal journal, Map<Long, Integer> expected, long from)
      throws IOException {
    Map<Long, Integer> read = new TreeMap<>();
    long last = new TreeMap<>(expected).lastKey();
    for (RecordedEvent event : journal.reader().read(from, last, Integer.MAX_VALUE)) {
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
    int synced =
        Math.max(Segment.BASE, ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN).getInt(64));
    byte[] clean = segment.clone();
    Arrays.fill(clean, Math.min(SIZE, synced), SIZE, (byte) 0);
    return clean;
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

  private String name(int number) {
    return SegmentDirectory.name(number);
  }

  private long firstOf(int number) {
    return holders.entrySet().stream()
        .filter(holder -> holder.getValue().equals(name(number)))
        .mapToLong(Map.Entry::getKey)
        .min()
        .orElseThrow();
  }

  private void zero(int number, int from, int end) {
    Arrays.fill(hurt.get(name(number)), from, end, (byte) 0);
  }

  @Test
  void missingSegments_areAGap() throws IOException {
    restore();
    hurt.remove(name(2));
    assertThat(goOn("2 missing")).containsExactly(gap(firstOf(2), firstOf(3) - 1));

    restore();
    hurt.remove(name(1));
    assertThat(goOn("1 missing")).containsExactly(gap(1, firstOf(2) - 1));

    restore();
    hurt.remove(name(1));
    hurt.remove(name(2));
    assertThat(goOn("1 and 2 missing")).containsExactly(gap(1, firstOf(3) - 1));
  }

  @Test
  void missingLastSegment_beforeASpareOne_leapsAsFarAsItCanHaveHeld() throws IOException {
    restore();
    hurt.remove(name(3));

    assertThat(goOn("3 missing"))
        .containsExactly(gap(firstOf(3), firstOf(3) + (SIZE - Segment.HEADER - 1) / 24));
  }

  @Test
  void segmentWithoutAHeader_keepsItsRecords() throws IOException {
    for (int number = 1; number <= SEGMENTS + 1; number++) {
      restore();
      zero(number, 0, Segment.HEADER);
      List<JournalGap> gaps = goOn("no header in " + number);
      if (number <= SEGMENTS) {
        assertThat(gaps).isEmpty();
      }
    }
  }

  @Test
  void segmentOfZeros_isAGap() throws IOException {
    restore();
    zero(2, 0, SIZE);
    assertThat(goOn("2 zeros")).containsExactly(gap(firstOf(2), firstOf(3) - 1));

    restore();
    zero(3, 0, SIZE);
    assertThat(goOn("3 zeros")).hasSize(1);
  }

  @Test
  void twoDamagedPlaces_areTwoGaps() throws IOException {
    restore();
    hurt.get(name(1))[begins.get(3L) + 20] ^= 1;
    hurt.get(name(3))[begins.get(firstOf(3) + 1) + 20] ^= 1;

    assertThat(goOn("two places")).containsExactly(gap(3, 3), gap(firstOf(3) + 1, firstOf(3) + 1));
  }

  @Test
  void damageAcrossASegmentsEnd_isOneGap() throws IOException {
    restore();
    long last = firstOf(2) - 1;
    hurt.get(name(1))[begins.get(last) + 20] ^= 1;
    hurt.get(name(2))[Segment.HEADER + 20] ^= 1;

    assertThat(goOn("around an end")).containsExactly(gap(last, last + 1));
  }

  @Test
  void promisedEnd_thatIsZeros_leaps() throws IOException {
    restore();
    long from = written.size() - 1L;
    zero(3, begins.get(from), SIZE);

    List<JournalGap> gaps = goOn("end of zeros");

    assertThat(gaps).hasSize(1);
    assertThat(gaps.get(0).first()).isEqualTo(from);
    assertThat(gaps.get(0).last()).isGreaterThanOrEqualTo(written.size());
  }

  @Test
  void zeroedRanges_loseOnlyWhatIsInThem() throws IOException {
    for (int i = 0; i < 1500; i++) {
      restore();
      StringBuilder what = new StringBuilder("run " + i);
      for (int holes = 1 + random.nextInt(3); holes > 0; holes--) {
        int number = 1 + random.nextInt(SEGMENTS + 1);
        int from = random.nextInt(SIZE);
        int end = Math.min(SIZE, from + 1 + random.nextInt(random.nextInt(4) == 0 ? SIZE : 300));
        if (from < Segment.BASE + 24 && end > Segment.BASE) {
          from = 0; // a sector is lost as a whole: zeros only where nothing was written say nothing
        }
        zero(number, from, end);
        what.append(", ").append(number).append(' ').append(from).append('-').append(end);
      }
      try {
        goOn(what.toString());
      } catch (AssertionError e) {
        if (!(e.getCause() instanceof JournalDamagedException) || isIdKnown()) {
          throw e;
        }
      }
    }
  }

  /** Whether any header is left to tell whose records these are. */
  private boolean isIdKnown() {
    return hurt.values().stream().anyMatch(bytes -> bytes[0] != 0 && bytes[47] != 0);
  }

  @Test
  void fileOfAnyLength_losesOnlyWhatIsCutOff() throws IOException {
    for (int number = 1; number <= SEGMENTS; number++) {
      for (int length = 0; length < SIZE; length += 1 + random.nextInt(32)) {
        restore();
        hurt.put(name(number), Arrays.copyOf(images.get(name(number)), length));
        goOn(name(number) + " of " + length + " bytes");
      }
    }
  }

  @Test
  void strayFiles_areMovedToQuarantine() throws IOException {
    restore();
    hurt.put("usage-1.journal", new byte[] {1, 2, 3});
    assertThat(goOn("strange name")).isEmpty();
    assertThat(storage.names()).doesNotContain("usage-1.journal");

    restore();
    hurt.put(name(2), images.get(name(1)).clone());
    assertThat(goOn("copy of 1")).containsExactly(gap(firstOf(2), firstOf(3) - 1));
  }

  @Test
  void anotherJournalsSegment_isRefused() throws IOException {
    restore();
    byte[] header = Segment.header(new UUID(1, 1), 2, SIZE, firstOf(2), Segment.HEADER);
    System.arraycopy(header, 0, hurt.get(name(2)), 0, header.length);
    putHurt();

    assertThatThrownBy(() -> open(OnDamage.CONTINUE))
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageContaining("belongs to journal")
        .hasMessageNotContaining("CONTINUE");
    assertThat(files()).usingRecursiveComparison().isEqualTo(hurt);
  }

  @Test
  void secondDamage_ofTheSameFile_keepsBothInQuarantine() throws IOException {
    restore();
    hurt.get(name(1))[begins.get(3L) + 20] ^= 1;
    goOn("first");
    byte[] first = hurt.get(name(1));
    byte[] repaired = bytes(name(1));
    int at = 0;
    while (repaired[at] == images.get(name(1))[at] || at < Segment.HEADER) {
      at++; // the GAP, as 3 is where it begins
    }
    byte[] again = repaired.clone();
    again[at + 1] ^= 1;
    storage.write(name(1), to -> to.write(again));
    storage.sync();

    SteppedJournal journal = open(OnDamage.CONTINUE);

    assertThat(journal.gaps()).containsExactly(gap(3, 3));
    assertThat(bytes("quarantine/" + name(1))).isEqualTo(first);
    assertThat(bytes("quarantine/" + name(1) + ".2")).isEqualTo(again);
  }

  @Test
  void damagedGap_atTheEnd_givesNoSequenceAgain() throws IOException {
    for (int sector = 0; sector < SIZE / 512; sector++) {
      for (int more = 0; more < 3; more++) {
        restore();
        zero(3, begins.get(firstOf(3) + 1), SIZE);
        open(goneOn());
        long last = written.size();
        SteppedJournal journal = open(OnDamage.REFUSE);
        for (int i = 0; i < more; i++) {
          journal.makeSpare(SEGMENTS + 2);
          last = journal.append(pool.take());
        }
        journal.sync();
        hurt.clear();
        hurt.putAll(files());
        zero(3, Math.max(Segment.HEADER, 512 * sector), SIZE);

        journal = open(goneOn());

        journal.makeSpare(SEGMENTS + 2);
        assertThat(journal.append(pool.take()))
            .as("zeros from sector %d on, %d events behind the gap", sector, more)
            .isGreaterThan(last);
      }
    }
  }

  /** Puts what is hurt. */
  private OnDamage goneOn() throws IOException {
    putHurt();
    return OnDamage.CONTINUE;
  }

  @Test
  void gapBeforeTheCheckpoint_isToldByIt() throws IOException {
    SteppedJournal journal = open(OnDamage.REFUSE);
    journal.append(new SinkMark(SinkMark.Kind.SENT, "a", 1, 2));
    journal.sync();
    journal.save();
    images.putAll(files());
    restore();
    hurt.get(name(1))[begins.get(5L) + 20] ^= 1;
    hurt.get(name(3))[begins.get(firstOf(3) + 1) + 20] ^= 1;
    putHurt();

    journal = open(OnDamage.CONTINUE);

    long third = firstOf(3) + 1;
    assertThat(journal.gaps()).containsExactly(gap(5, 5), gap(third, third));
    assertThat(found).as("the checkpoint knows all").isEqualTo(written);
    assertThat(open(OnDamage.REFUSE).gaps()).isEqualTo(journal.gaps());
  }

  @Test
  void unreadableCheckpoint_whereSegmentsWereDeleted_isAGapFromTheBeginning() throws IOException {
    SteppedJournal journal = open(OnDamage.REFUSE);
    journal.checkpoint();
    long first = journal.first();
    assertThat(first).isGreaterThan(1);
    images.clear();
    images.putAll(files());
    restore();
    hurt.get(Checkpoint.FILE)[40] ^= 1;

    assertThat(goOn("no checkpoint")).containsExactly(gap(1, first - 1));
    assertThat(storage.names()).doesNotContain(Checkpoint.FILE);
    assertThat(bytes("quarantine/" + Checkpoint.FILE)).isEqualTo(hurt.get(Checkpoint.FILE));
  }

  @Test
  void everyCallOfARepair_mayFailOrBeTheLast() throws IOException {
    restore();
    hurt.get(name(1))[begins.get(3L) + 20] ^= 1;
    zero(2, 0, SIZE);
    hurt.get(name(3))[begins.get(firstOf(3) + 1) + 20] ^= 1;
    hurt.put("usage-1.journal", new byte[] {1, 2, 3});
    List<JournalGap> gaps = goOn("undisturbed");
    putHurt();
    long before = storage.calls();
    open(OnDamage.CONTINUE);
    long calls = storage.calls() - before;
    assertThat(calls).isGreaterThan(20);

    for (long call = 1; call <= calls; call++) {
      for (Fault fault : Fault.values()) {
        for (int i = 0; i < 6; i++) {
          interrupted(call, fault, i % 2 == 0, gaps);
        }
      }
    }
  }

  private void interrupted(long call, Fault fault, boolean power, List<JournalGap> gaps)
      throws IOException {
    putHurt();
    long at = storage.calls() + call;
    storage.fail(power ? Faults.from(at, fault) : Faults.at(at, fault));
    try {
      open(OnDamage.CONTINUE);
    } catch (JournalDamagedException e) {
      throw new AssertionError("refused though only a call failed", e);
    } catch (IOException e) {
      assertThat(storage.failures()).isPositive();
    }
    storage.fail(Faults.none());
    if (power) {
      storage.powerCut(random);
    } else {
      storage.processEnd(random);
    }
    String what = "call " + call + " " + fault + (power ? ", power cut" : "");
    try {
      assertThat(check(what)).isEqualTo(gaps);
    } catch (AssertionError | IOException | RuntimeException e) {
      throw new AssertionError("seed " + SEED + ", " + what + ": " + e.getMessage(), e);
    }
  }

  @Test
  @Tag("soak")
  void everyByte_changedInEachWay() throws IOException {
    for (String name : images.keySet()) {
      for (int at = 0; at < SIZE; at++) {
        for (int pattern = 1; pattern < 256; pattern++) {
          flip(name, at, pattern);
        }
      }
    }
  }
}
