// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A journal of three segments of 4 KiB, cut at every byte, and every byte of it changed. What comes
 * out is what was written up to some place, or a refusal that names the file and changes nothing;
 * never a wrong event, one twice, or one missing among others.
 */
class JournalDamageTest {

  private static final int SEGMENTS = 3;
  private static final int SIZE = SteppedJournal.SEGMENT;
  private static final UUID ID = new UUID(7, 8);
  private static final long SEED = Long.getLong("monetize.test.seed", 20261121);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final MemoryStorage storage = new MemoryStorage();
  private final SteppedJournal.Memory memory = new SteppedJournal.Memory();
  private final EventPool pool = new EventPool(400, random);
  private final List<Integer> written = new ArrayList<>();
  private final List<Integer> ends = new ArrayList<>();
  private List<Integer> found = List.of();
  private final byte[][] images = new byte[SEGMENTS][SIZE];
  private final byte[][] hurt = new byte[SEGMENTS][SIZE];
  private final byte[] now = new byte[SIZE];
  private int durable;

  /** How much of the journal was forced before it was hurt. */
  enum Forced {
    ALL,
    HALF,
    NOTHING
  }

  private void write(Forced forced) throws IOException {
    SteppedJournal journal = open();
    int half = SEGMENTS * SIZE / 2;
    while (journal.accepting() || journal.hasRoomFor(SEGMENTS)) {
      UsageEvent event = pool.take();
      written.add(pool.number(event));
      journal.append(event);
      journal.makeSpare(SEGMENTS);
      if (forced == Forced.HALF && durable == 0 && journal.bytes() > half) {
        journal.sync();
        durable = written.size();
      }
    }
    if (forced == Forced.ALL) {
      journal.sync();
      durable = written.size();
    }
    for (int i = 0; i < SEGMENTS; i++) {
      buffer(i).get(0, images[i]);
    }
    findEnds();
  }

  private SteppedJournal open() throws IOException {
    Numbers numbers = new Numbers(pool);
    found = numbers.numbers();
    return SteppedJournal.open(storage, ID, memory, numbers);
  }

  private void findEnds() {
    for (int i = 0; i < SEGMENTS; i++) {
      ByteBuffer bytes = buffer(i);
      int at = Segment.HEADER;
      while (at + 4 <= SIZE && bytes.getInt(at) != 0) {
        at += (8 + bytes.getInt(at) + 7) & ~7;
        ends.add(i * SIZE + at);
      }
    }
    assertThat(ends).hasSameSizeAs(written);
  }

  private ByteBuffer buffer(int segment) {
    try {
      return storage.open(name(segment)).buffer();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String name(int segment) {
    return SegmentDirectory.name(segment + 1);
  }

  private void restore() {
    for (int i = 0; i < SEGMENTS; i++) {
      System.arraycopy(images[i], 0, hurt[i], 0, SIZE);
    }
  }

  /**
   * Recovers what is hurt.
   *
   * @return how many events were found, -1 if it was refused
   */
  private int recover(int segment, String what) throws IOException {
    for (int i = 0; i < SEGMENTS; i++) {
      buffer(i).put(0, hurt[i]);
    }
    try {
      open();
    } catch (JournalDamagedException e) {
      assertThat(e.getMessage()).as(what).contains(name(segment));
      unchanged(what);
      return -1;
    }
    if (found.size() > written.size() || !found.equals(written.subList(0, found.size()))) {
      throw new AssertionError(what + ": events recovered are not those that were written");
    }
    if (found.size() < durable) {
      throw new AssertionError(
          what + ": " + found.size() + " events recovered, " + durable + " were durable");
    }
    return found.size();
  }

  private void unchanged(String what) {
    for (int i = 0; i < SEGMENTS; i++) {
      buffer(i).get(0, now);
      if (!Arrays.equals(now, hurt[i])) {
        throw new AssertionError(what + ": refused, but " + name(i) + " was changed");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Forced.class)
  void everyByte_changed(Forced forced) throws IOException {
    write(forced);
    int refused = 0;
    for (int at = 0; at < SEGMENTS * SIZE; at++) {
      refused += change(at, 1 << random.nextInt(8));
      refused += change(at, 1 + random.nextInt(255));
    }
    show(forced + " forced: each byte changed twice", refused);
  }

  @ParameterizedTest
  @EnumSource(Forced.class)
  @Tag("soak")
  void everyByte_changedInEachWay(Forced forced) throws IOException {
    write(forced);
    int refused = 0;
    for (int at = 0; at < SEGMENTS * SIZE; at++) {
      for (int pattern = 1; pattern < 256; pattern++) {
        refused += change(at, pattern);
      }
    }
    show(forced + " forced: each byte changed in each way", refused);
  }

  private int change(int at, int pattern) throws IOException {
    restore();
    hurt[at / SIZE][at % SIZE] ^= (byte) pattern;
    return recover(at / SIZE, "seed " + SEED + ", byte " + at + " xor " + pattern) < 0 ? 1 : 0;
  }

  private static void show(String what, int refused) {
    System.out.printf("%s, seed %d: %d refused, none read wrongly%n", what, SEED, refused);
    assertThat(refused).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Forced.class)
  void everyByte_cut(Forced forced) throws IOException {
    write(forced);
    for (int cut = Segment.HEADER; cut < SEGMENTS * SIZE; cut++) {
      if (cut % SIZE >= Segment.HEADER) {
        cut(cut);
      }
    }
  }

  private void cut(int cut) throws IOException {
    restore();
    zeroBehind(cut);
    int whole = wholeBefore(cut);

    int count = recover(cut / SIZE, "seed " + SEED + ", cut at " + cut);

    if (Arrays.equals(hurt[cut / SIZE], images[cut / SIZE])) {
      assertThat(count).as("cut at %d, behind the last record", cut).isNotNegative();
    } else if (durable > whole + 1) {
      assertThat(count).as("cut at %d", cut).isNegative();
    } else if (durable <= whole) {
      assertThat(count).as("cut at %d", cut).isBetween(whole, whole + 1);
      goOn(cut, count);
    }
  }

  /** Zeros, up to the end of the file, and in those files that were never forced. */
  private void zeroBehind(int cut) {
    Arrays.fill(hurt[cut / SIZE], cut % SIZE, SIZE, (byte) 0);
    for (int i = cut / SIZE + 1; i < SEGMENTS; i++) {
      if (wholeBefore(i * SIZE + Segment.HEADER) >= durable) {
        Arrays.fill(hurt[i], Segment.BASE, SIZE, (byte) 0);
      }
    }
  }

  private int wholeBefore(int cut) {
    return (int) ends.stream().filter(end -> end <= cut).count();
  }

  /** Nothing that was cut off comes back behind what is appended next. */
  private void goOn(int cut, int count) throws IOException {
    if (cut % 7 != 0) {
      return;
    }
    SteppedJournal journal = open();
    if (!journal.accepting()) {
      return; // it is full
    }
    UsageEvent more = pool.take();
    assertThat(journal.append(more)).isEqualTo(count + 1);
    open();
    assertThat(found).hasSize(count + 1).endsWith(pool.number(more));
  }

  @ParameterizedTest
  @EnumSource(Forced.class)
  void everyLength_ofAFile(Forced forced) throws IOException {
    write(forced);
    for (int length = 0; length < SEGMENTS * SIZE; length++) {
      restore();
      for (int i = 0; i < SEGMENTS; i++) {
        put(i, SIZE);
      }
      put(length / SIZE, length % SIZE);
      try {
        open();
        throw new AssertionError("a file of " + length % SIZE + " bytes was taken for a segment");
      } catch (JournalDamagedException e) {
        assertThat(e.getMessage()).contains(name(length / SIZE));
      }
    }
  }

  private void put(int segment, int length) throws IOException {
    storage.write(name(segment), to -> to.write(hurt[segment], 0, length));
  }
}
