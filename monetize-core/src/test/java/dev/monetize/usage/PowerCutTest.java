// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a power cut may leave: of each sector written since the last fsync, the old or the new
 * content. What was durable is there, what is there is a prefix, and nothing that was dropped comes
 * back behind what is appended next.
 */
class PowerCutTest {

  private static final int STATES = Integer.getInteger("monetize.test.powerCuts", 300);
  private static final int SEGMENTS = 8;
  private static final int SECTOR = 512;

  @TempDir private Path directory;
  private final List<UsageEvent> recovered = new ArrayList<>();

  private Appender open() throws IOException {
    recovered.clear();
    Recovery.Result found =
        new Recovery(new Fold(List.of(Replay.state((sequence, event) -> recovered.add(event)))))
            .run(segments());
    return new Appender(found, new SegmentIndex(found.bases()), new KeptRecords(1 << 20), () -> {});
  }

  @Test
  void anyMixOfSectors_keepsWhatWasDurable_andBringsNothingBack() throws IOException {
    long seed = 20261120;
    Random random = new Random(seed);
    for (int state = 0; state < STATES; state++) {
      crashOnce(random, "seed " + seed + ", state " + state);
    }
  }

  private void crashOnce(Random random, String name) throws IOException {
    List<UsageEvent> written = new ArrayList<>();
    Appender appender = begin();
    append(appender, random, written, random.nextInt(25));
    List<byte[]> durable = sync(appender);
    int safe = written.size();
    append(appender, random, written, random.nextInt(25));
    restore(mix(durable, images(), random));

    Appender next = open();

    assertThat(recovered.size()).as(name).isGreaterThanOrEqualTo(safe);
    assertThat(recovered).as(name).isEqualTo(written.subList(0, recovered.size()));
    List<UsageEvent> expected = new ArrayList<>(recovered);
    append(next, random, expected, 1 + random.nextInt(5));
    open();
    assertThat(recovered).as(name).isEqualTo(expected);
  }

  private SegmentDirectory segments() {
    return new SegmentDirectory(JournalStorage.directory(directory));
  }

  private List<Path> files() throws IOException {
    return segments().files().values().stream().map(directory::resolve).toList();
  }

  private Appender begin() throws IOException {
    for (Path file : files()) {
      Files.delete(file);
    }
    UUID journal = UUID.randomUUID();
    for (int number = 1; number <= SEGMENTS; number++) {
      Path file = directory.resolve("usage-%019d.journal".formatted(number));
      byte[] bytes = new byte[4096];
      Segment.identity(journal, number, bytes.length).get(bytes, 0, Segment.BASE);
      Files.write(file, bytes);
    }
    return open();
  }

  private static void append(
      Appender appender, Random random, List<UsageEvent> written, int events) {
    for (int i = 0; i < events; i++) {
      UsageEvent event = Events.random(random);
      written.add(event);
      assertThat(appender.append(event)).isEqualTo(written.size());
    }
  }

  /** Syncs as the journal's thread does; what is certainly on the disk after it. */
  private List<byte[]> sync(Appender appender) throws IOException {
    List<byte[]> before = images();
    Appender.Extent extent = appender.extent();
    int active = extent.segments().size() - 1;
    for (Appender.Written written : extent.segments()) {
      written.segment().sync(written.end());
    }
    appender.synced(extent);
    List<byte[]> durable = images();
    long offset = ByteBuffer.wrap(before.get(active)).getLong(JournalFiles.SYNCED);
    ByteBuffer.wrap(durable.get(active)).putLong(JournalFiles.SYNCED, offset);
    return durable;
  }

  private List<byte[]> images() throws IOException {
    List<byte[]> images = new ArrayList<>();
    for (Path file : files()) {
      images.add(Files.readAllBytes(file));
    }
    return images;
  }

  private static List<byte[]> mix(List<byte[]> before, List<byte[]> after, Random random) {
    List<byte[]> mixed = new ArrayList<>();
    int lost = random.nextInt(101);
    for (int i = 0; i < before.size(); i++) {
      byte[] image = after.get(i).clone();
      for (int at = 0; at < image.length; at += SECTOR) {
        if (random.nextInt(100) < lost) {
          System.arraycopy(before.get(i), at, image, at, SECTOR);
        }
      }
      mixed.add(image);
    }
    return mixed;
  }

  private void restore(List<byte[]> images) throws IOException {
    List<Path> files = files();
    for (int i = 0; i < images.size(); i++) {
      JournalFiles.overwrite(files.get(i), images.get(i));
    }
  }
}
