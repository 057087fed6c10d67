// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesSinkTest {

  private static final UUID JOURNAL = new UUID(1, 2);

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("usage.jsonl");
  }

  private static UsageBatch batch(long first, String... customers) {
    List<RecordedEvent> events = new ArrayList<>();
    for (String customer : customers) {
      events.add(new RecordedEvent(JOURNAL, first + events.size(), Events.call(customer)));
    }
    return new UsageBatch(JOURNAL, "file", events);
  }

  @Test
  void event_isALine() throws IOException {
    new JsonLinesSink(file).deliver(batch(7, "say \"hi\"\n\u00e4"));

    assertThat(file)
        .hasContent(
            "{\"id\":\"00000000-0000-0001-0000-000000000002:7\","
                + "\"batch\":\"00000000-0000-0001-0000-000000000002:file:7-7\","
                + "\"time\":\"2026-11-20T12:00:00Z\",\"settled\":\"2026-11-20T12:00:00.001Z\","
                + "\"customer\":\"say \\\"hi\\\"\\n\u00e4\",\"key\":\"key\",\"tier\":\"pro\","
                + "\"endpoint\":\"/v1/x\",\"status\":200,\"clientGone\":false,"
                + "\"meters\":{\"calls\":1}}\n");
  }

  @Test
  void sameBatch_isWrittenOnce_alsoByAnotherInstance() throws IOException {
    JsonLinesSink sink = new JsonLinesSink(file);
    sink.deliver(batch(1, "a", "b"));
    sink.deliver(batch(3, "c"));
    byte[] once = Files.readAllBytes(file);

    sink.deliver(batch(3, "c"));
    new JsonLinesSink(file).deliver(batch(3, "c"));

    assertThat(Files.readAllBytes(file)).isEqualTo(once);
  }

  @Test
  void batch_cutAtAnyByte_isCompletedOnce() throws IOException {
    new JsonLinesSink(file).deliver(batch(1, "a", "b"));
    int before = (int) Files.size(file);
    new JsonLinesSink(file).deliver(batch(3, "c", "d"));
    byte[] whole = Files.readAllBytes(file);
    for (int cut = before; cut <= whole.length; cut++) {
      Files.write(file, Arrays.copyOf(whole, cut));

      new JsonLinesSink(file).deliver(batch(3, "c", "d"));

      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }
  }

  @Test
  void garbage_ofATornWrite_isReplaced() throws IOException {
    new JsonLinesSink(file).deliver(batch(1, "a", "b"));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, new byte[whole.length + 100]);

    new JsonLinesSink(file).deliver(batch(1, "a", "b"));

    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void renamedFile_isBegunAnew() throws IOException {
    JsonLinesSink sink = new JsonLinesSink(file);
    sink.deliver(batch(1, "a"));
    Files.move(file, directory.resolve("usage.1.jsonl"));

    sink.deliver(batch(2, "b"));

    assertThat(Files.readAllLines(file)).hasSize(1);
  }

  @Test
  void contentOfOthers_isKept() throws IOException {
    Files.writeString(file, "{}\n", StandardOpenOption.CREATE);

    new JsonLinesSink(file).deliver(batch(1, "a"));

    assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo("{}");
  }

  @Test
  void spoiledPosition_isRefused() throws IOException {
    UsageBatch batch = batch(1, "a");
    Files.writeString(directory.resolve("usage.jsonl.position"), batch.id() + " x");

    assertThatThrownBy(() -> new JsonLinesSink(file).deliver(batch))
        .hasMessageEndingWith(
            "usage.jsonl.position must hold a batch id and a position, got \"x\"");
  }
}
