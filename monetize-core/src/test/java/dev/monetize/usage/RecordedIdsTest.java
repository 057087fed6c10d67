// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.usage.RecordedIds.Found;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RecordedIdsTest {

  private static final long SEED = 20261121;
  private static final long DAY = 86_400_000_000_000L;

  @TempDir private Path directory;

  private static ExternalId id(Random random) {
    return new ExternalId(random.nextLong(), random.nextLong(), random.nextLong());
  }

  private static ExternalId other(ExternalId id) {
    return new ExternalId(id.high(), id.low(), ~id.payload());
  }

  private void assertHolds(RecordedIds ids, int count) {
    Random random = new Random(SEED);
    for (int i = 0; i < count; i++) {
      ExternalId id = id(random);
      assertThat(ids.find(id)).as("seed %d, id %d", SEED, i).isEqualTo(Found.THE_SAME);
      assertThat(ids.find(other(id))).isEqualTo(Found.ANOTHER);
      assertThat(ids.find(new ExternalId(id.high(), id.low() + 1, 0))).isEqualTo(Found.NOTHING);
    }
  }

  @Test
  void anId_takesAtMost32BytesOfHeap() throws IOException {
    RecordedIds ids = RecordedIds.in(directory);
    Random random = new Random(SEED);
    double most = 0;
    for (int i = 1; i <= 200_000; i++) {
      ids.add(id(random), Events.NOON);
      if (i >= 1000) {
        most = Math.max(most, (double) ids.bytes() / i);
      }
    }

    assertThat(most).isLessThanOrEqualTo(32);
    assertThat(ids.size()).isEqualTo(200_000);
    assertHolds(ids, 200_000);
  }

  @Test
  void idsBeyondTheCap_areInFiles() throws IOException {
    RecordedIds ids = RecordedIds.in(directory, 5000);
    Random random = new Random(SEED);
    for (int i = 0; i < 60_000; i++) {
      ids.add(id(random), Events.NOON + i / 20_000 * DAY);
      ids.spill();
      assertThat(ids.bytes()).isLessThanOrEqualTo(32 * 5001);
    }

    assertThat(ids.files()).isBetween(11, 15);
    assertThat(ids.size()).isEqualTo(60_000);
    assertHolds(ids, 60_000);
  }

  @Test
  void state_isWrittenAndReadAgain_filesIncluded() throws IOException {
    RecordedIds ids = RecordedIds.in(directory, 5000);
    Random random = new Random(SEED);
    for (int i = 0; i < 12_000; i++) {
      ids.add(id(random), Events.NOON + i / 4000 * DAY);
      ids.spill();
    }
    byte[] written = bytes(ids);

    RecordedIds read = ids.fresh();
    read.read(new DataInputStream(new ByteArrayInputStream(written)));

    assertHolds(read, 12_000);
    assertThat(read.size()).isEqualTo(12_000);
    assertThat(read.bytes()).isLessThanOrEqualTo(32 * 5001);
    read.add(new ExternalId(1, 1, 1), Events.NOON + 37 * DAY);
    assertThat(read.size()).as("the first of three days is forgotten").isEqualTo(8001);
  }

  private static byte[] bytes(RecordedIds ids) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ids.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Test
  void laterLayout_isRefused() throws IOException {
    RecordedIds ids = RecordedIds.in(directory);
    byte[] written = bytes(ids);
    written[0] = 2;

    assertThatThrownBy(() -> ids.read(new DataInputStream(new ByteArrayInputStream(written))))
        .hasMessage("layout 2 of recorded ids is of a later version");
  }

  @Test
  void withoutRoomForFiles_idsStayInMemory() throws IOException {
    Path gone = directory.resolve("gone");
    RecordedIds ids = RecordedIds.in(gone, 1000);
    Files.delete(gone);
    Random random = new Random(SEED);
    for (int i = 0; i < 5000; i++) {
      ids.add(id(random), Events.NOON);
      ids.spill();
    }
    assertThat(ids.files()).isZero();
    assertHolds(ids, 5000);

    Files.createDirectory(gone);
    for (int i = 0; i < 200; i++) {
      ids.add(id(random), Events.NOON);
      ids.spill();
    }
    assertThat(ids.files()).isPositive();
    assertHolds(ids, 5000);
  }

  @Test
  void aDay_isForgottenAsAWhole_notBefore36DaysHavePassed() throws IOException {
    RecordedIds ids = RecordedIds.in(directory);
    ExternalId id = new ExternalId(1, 2, 3);
    long midnight = Math.floorDiv(Events.NOON, DAY) * DAY;
    ids.add(id, midnight + DAY - 1);

    ids.add(new ExternalId(4, 5, 6), midnight + 37 * DAY - 1);
    assertThat(ids.find(id)).isEqualTo(Found.THE_SAME);
    ids.add(new ExternalId(7, 8, 9), midnight); // the clock was set back: kept as the newest are
    ids.add(new ExternalId(4, 5, 7), midnight + 37 * DAY);

    assertThat(ids.find(id)).isEqualTo(Found.NOTHING);
    assertThat(ids.find(new ExternalId(7, 8, 9))).isEqualTo(Found.THE_SAME);
    assertThat(ids.size()).isEqualTo(3);
  }

  @Test
  void crowdedIds_areFound_alsoPastTheEndOfATable() throws IOException {
    Random random = new Random(SEED);
    Map<Long, Integer> model = new HashMap<>();
    IdTable table = new IdTable();
    for (int i = 0; i < 3000; i++) {
      long high = random.nextInt(4000);
      int check = random.nextInt();
      if (model.putIfAbsent(high, check) == null) {
        table.add(high, -1 - (high & 1), check);
      }
    }
    IdRun run = IdRun.write(directory.resolve("ids-a.run"), table);

    assertThat(table.size()).isEqualTo(model.size());
    assertThat(run.size()).isEqualTo(model.size());
    for (long high = 0; high < 4000; high++) {
      long expected = model.containsKey(high) ? model.get(high) & 0xffffffffL : -1;
      assertThat(table.find(high, -1 - (high & 1)))
          .as("seed %d, %d", SEED, high)
          .isEqualTo(expected);
      assertThat(run.find(high, -1 - (high & 1))).as("seed %d, %d", SEED, high).isEqualTo(expected);
    }
    assertThat(run.find(0, 0)).isEqualTo(-1);
    assertThat(run.find(-1, -1)).isEqualTo(-1);
  }

  /** In order, as a snapshot has them. If they crowded together it would take minutes. */
  @Test
  @Timeout(30)
  void idsThatComeInOrder_doNotCrowd() {
    IdTable table = new IdTable();
    int count = 2_000_000;
    long step = Long.divideUnsigned(-1, count);
    Random random = new Random(SEED);
    for (long i = 0; i < count; i++) {
      table.add(i * step, random.nextLong(), (int) i);
    }

    assertThat(table.size()).isEqualTo(count);
  }

  @Test
  void bounds_areChecked() {
    assertThatThrownBy(() -> RecordedIds.in(directory, 999))
        .hasMessage("most must be 1000 to 50000000, got 999");
  }
}
