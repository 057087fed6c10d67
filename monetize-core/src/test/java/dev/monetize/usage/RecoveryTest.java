// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {

  @TempDir private Path directory;

  private List<UsageEvent> write(int events) throws IOException {
    Random random = new Random(7);
    return write(events, () -> Events.random(random));
  }

  private List<UsageEvent> write(int events, Supplier<UsageEvent> source) throws IOException {
    List<UsageEvent> written = new ArrayList<>();
    try (FileUsageJournal journal = FileUsageJournal.openWith(directory, 4096, (s, e) -> {})) {
      for (int i = 0; i < events; i++) {
        UsageEvent event = source.get();
        written.add(event);
        assertThat(journal.append(event)).isEqualTo(i + 1);
      }
    }
    return written;
  }

  @Test
  void tornTail_atEveryByte_leavesThePrefixAndTakesMore() throws IOException {
    List<UsageEvent> written = write(6, () -> Events.call("acme"));
    JournalFiles files = JournalFiles.of(directory).neverSynced();
    List<Integer> ends = files.recordEnds(0);
    int end = ends.get(ends.size() - 1);
    for (int cut = Segment.BASE; cut < end; cut++) {
      files.restore();
      byte[] torn = files.bytes(0);
      Arrays.fill(torn, cut, torn.length, (byte) 0);
      files.write(0, torn);

      List<UsageEvent> recovered = cut % 17 == 0 ? appendAndReopen() : files.recover();

      int at = cut;
      int whole = (int) ends.stream().filter(recordEnd -> recordEnd <= at).count();
      assertThat(recovered.size()).as("cut at %d", cut).isBetween(whole, whole + 1);
      assertThat(recovered).isEqualTo(written.subList(0, recovered.size()));
    }
  }

  /** What was there, after more was appended and everything read twice. */
  private List<UsageEvent> appendAndReopen() throws IOException {
    List<UsageEvent> before = new ArrayList<>();
    UsageEvent more = Events.call("later");
    try (FileUsageJournal journal =
        FileUsageJournal.openWith(directory, 4096, (s, e) -> before.add(e))) {
      assertThat(journal.append(more)).isEqualTo(before.size() + 1);
    }
    List<UsageEvent> after = JournalFiles.replay(directory);
    assertThat(after.subList(0, before.size())).isEqualTo(before);
    assertThat(after.subList(before.size(), after.size())).containsExactly(more);
    return before;
  }

  @Test
  void hole_withRecordsBehindIt_bringsNothingBack() throws IOException {
    List<UsageEvent> written = write(12);
    JournalFiles files = JournalFiles.of(directory).neverSynced();
    List<Integer> ends = files.recordEnds(0);
    for (int hole = 0; hole < ends.size() - 1; hole++) {
      files.restore();
      byte[] torn = files.bytes(0);
      int from = hole == 0 ? Segment.HEADER : ends.get(hole - 1);
      Arrays.fill(torn, from, ends.get(hole), (byte) 0);
      files.write(0, torn);

      assertThat(appendAndReopen()).isEqualTo(written.subList(0, hole));
    }
  }

  @Test
  void flippedByte_ofADurableJournal_isRefusedOrHarmless() throws IOException {
    List<UsageEvent> written = write(40);
    JournalFiles files = JournalFiles.of(directory);
    assertThat(files.paths()).hasSizeGreaterThanOrEqualTo(3);
    for (int segment = 0; segment < files.paths().size(); segment++) {
      byte[] bytes = files.bytes(segment);
      List<Integer> ends = files.recordEnds(segment);
      int end = ends.isEmpty() ? Segment.HEADER : ends.get(ends.size() - 1) + 8;
      for (int at = 0; at < bytes.length; at += at < end ? 1 : 64) {
        byte before = bytes[at];
        bytes[at] ^= (byte) (1 << at % 8);
        files.write(segment, bytes);
        try {
          assertThat(files.recover()).as("segment %d, byte %d", segment, at).isEqualTo(written);
        } catch (JournalDamagedException e) {
          assertThat(e).hasMessageContaining(files.paths().get(segment).toString());
          assertThat(Files.readAllBytes(files.paths().get(segment))).isEqualTo(bytes);
        }
        bytes[at] = before;
        files.write(segment, bytes);
      }
    }
  }

  @Test
  void flippedByte_ofAJournalNeverSynced_leavesAPrefixOrIsRefused() throws IOException {
    List<UsageEvent> written = write(40);
    JournalFiles files = JournalFiles.of(directory).neverSynced();
    for (int segment = 0; segment < files.paths().size(); segment++) {
      byte[] bytes = files.bytes(segment);
      for (int at = segment; at < bytes.length; at += 97) {
        files.restore();
        byte before = bytes[at];
        bytes[at] ^= (byte) 0xff;
        files.write(segment, bytes);
        bytes[at] = before;
        try {
          List<UsageEvent> recovered = files.recover();
          assertThat(recovered).isEqualTo(written.subList(0, recovered.size()));
          assertThat(files.recover()).isEqualTo(recovered);
        } catch (JournalDamagedException e) {
          assertThat(e).hasMessageContaining("Nothing was changed or deleted");
        }
      }
    }
  }

  @Test
  void damage_isReportedWithFilePlaceAndGap() throws IOException {
    write(40);
    JournalFiles files = JournalFiles.of(directory);
    List<Integer> ends = files.recordEnds(0);
    byte[] bytes = files.bytes(0);
    bytes[ends.get(1) + 20] ^= 1;
    bytes[ends.get(2) + 20] ^= 1;
    files.write(0, bytes);

    assertThatThrownBy(files::recover)
        .isInstanceOf(JournalDamagedException.class)
        .hasMessage(
            "journal damaged: "
                + files.paths().get(0)
                + ": at offset "
                + ends.get(1)
                + ": records 3 to 4 cannot be read. Nothing was changed or deleted. Restore the"
                + " file from a copy, or move the whole directory away to begin a new journal; what"
                + " the old one holds is then neither counted nor sent. Or open it with"
                + " onDamage(CONTINUE): damaged files are kept in quarantine/, what is missing is then"
                + " missing for good, and what sinks may or may not have been sent is parked");
  }

  @Test
  void missingSegment_isRefused() throws IOException {
    write(40);
    JournalFiles files = JournalFiles.of(directory);
    Files.delete(files.paths().get(1));

    assertThatThrownBy(files::recover)
        .hasMessageContaining(
            files.paths().get(2) + ": segment 2, which comes before it, is missing");
  }

  @Test
  void copiedSegment_isRefused() throws IOException {
    write(40);
    JournalFiles files = JournalFiles.of(directory);
    files.write(1, files.bytes(0));

    assertThatThrownBy(files::recover).hasMessageContaining("it is a copy of segment 1");
  }

  @Test
  void foreignSegment_isRefused(@TempDir Path other) throws IOException {
    write(40);
    JournalFiles files = JournalFiles.of(directory);
    FileUsageJournal foreign = FileUsageJournal.openWith(other, 4096, (s, e) -> {});
    foreign.close();
    Files.copy(
        JournalFiles.of(other).paths().get(0),
        files.paths().get(0),
        StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(files::recover)
        .hasMessageContaining("it belongs to journal")
        .hasMessageContaining("the first segment to " + foreign.id());
  }

  @Test
  void shortenedSegment_isRefused() throws IOException {
    write(10);
    JournalFiles files = JournalFiles.of(directory);
    files.write(0, Arrays.copyOf(files.bytes(0), 4000));

    assertThatThrownBy(files::recover)
        .hasMessageContaining("it must have 4096 bytes, but has 4000");
  }

  @Test
  void laterVersion_isRefused() throws IOException {
    write(10);
    JournalFiles files = JournalFiles.of(directory);
    byte[] bytes = files.bytes(0);
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 2);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 40);
    header.putLong(40, crc.getValue());
    files.write(0, bytes);

    assertThatThrownBy(files::recover)
        .hasMessageContaining("version must be 1, got 2 (a later one?)");
  }

  @Test
  void strangeName_isRefused() throws IOException {
    write(1);
    Files.write(directory.resolve("usage-1.journal"), new byte[4096]);

    assertThatThrownBy(() -> JournalFiles.of(directory).recover())
        .hasMessageContaining("usage-1.journal: its name is no segment's");
  }

  @Test
  void unfinishedSpareSegment_isMadeAgain() throws IOException {
    List<UsageEvent> written = write(10);
    Files.write(directory.resolve("next.tmp"), new byte[100]);

    assertThat(appendAndReopen()).isEqualTo(written);
  }
}
