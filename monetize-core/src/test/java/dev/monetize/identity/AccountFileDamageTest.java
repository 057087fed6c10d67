// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.Subscription.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start makes of files that are not as they were written. */
class AccountFileDamageTest {

  private static final List<Entry> ENTRIES =
      List.of(
          new Customer("acme", "Acme"),
          new ApiKey("key_1", "acme", new KeyHash(1, 2, 3, 4), "", Instant.EPOCH, null),
          new Subscription("acme", "pro", Status.ACTIVE, null, Map.of("a", "b"), null),
          new ApiKey(
              "key_1", "acme", new KeyHash(1, 2, 3, 4), "revoked", Instant.EPOCH, Instant.EPOCH));

  @TempDir Path directory;
  private Path file;
  private byte[] whole;
  private int lastLine;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("accounts.jsonl");
    try (AccountFile accounts = AccountFile.open(directory)) {
      accounts.put((Customer) ENTRIES.get(0));
      accounts.put((ApiKey) ENTRIES.get(1));
      accounts.put((Subscription) ENTRIES.get(2));
      accounts.put((ApiKey) ENTRIES.get(3));
    }
    whole = Files.readAllBytes(file);
    lastLine = new String(whole, UTF_8).lastIndexOf('\n', whole.length - 2) + 1;
  }

  private List<Entry> read(List<Entry> into) throws IOException {
    AccountRecovery.read(file, into::add);
    return into;
  }

  @Test
  void whole_isRead() throws IOException {
    assertThat(read(new ArrayList<>())).isEqualTo(ENTRIES);
  }

  @Test
  void lastLineTornAnywhere_isCutAndWritingGoesOn() throws IOException {
    for (int length = lastLine + 1; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (AccountFile accounts = AccountFile.open(directory)) {
        assertThat(accounts.key("key_1")).as("cut to %d", length).contains((ApiKey) ENTRIES.get(1));
        assertThat(Files.size(file)).isEqualTo(lastLine);
        accounts.put((ApiKey) ENTRIES.get(3));
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }
  }

  @Test
  void tornLine_isKeptAside() throws IOException {
    Files.write(file, Arrays.copyOf(whole, lastLine + 30));
    AccountFile.open(directory).close();

    assertThat(directory.resolve("accounts.jsonl.torn"))
        .hasBinaryContent(Arrays.copyOfRange(whole, lastLine, lastLine + 30));
  }

  @Test
  void zerosAtTheEnd_areCut() throws IOException {
    Files.write(file, Arrays.copyOf(whole, whole.length + 4_000));
    try (AccountFile accounts = AccountFile.open(directory)) {
      assertThat(accounts.key("key_1")).contains((ApiKey) ENTRIES.get(3));
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void cutAnywhere_isABeginningOrRefused() throws IOException {
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      List<Entry> found = new ArrayList<>();
      try {
        read(found);
        assertThat(found).as("cut to %d", length).isEqualTo(ENTRIES.subList(0, found.size()));
      } catch (IllegalStateException refused) {
        assertThat(refused).hasMessageStartingWith(file + ":1 can't be read: ");
      }
    }
  }

  @Test
  void anyBitFlipped_isRefusedOrTheLastLineCut() throws IOException {
    int cut = 0;
    for (int i = 0; i < whole.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = whole.clone();
        flipped[i] ^= (byte) (1 << bit);
        Files.write(file, flipped);
        cut += isCut(i, bit) ? 1 : 0;
      }
    }
    assertThat(cut).isBetween((whole.length - lastLine) * 6, (whole.length - lastLine) * 8);
  }

  private boolean isCut(int i, int bit) throws IOException {
    List<Entry> found = new ArrayList<>();
    try {
      AccountRecovery recovery = AccountRecovery.read(file, found::add);
      assertThat(i).as("byte %d, bit %d", i, bit).isGreaterThanOrEqualTo(lastLine);
      assertThat(found).isEqualTo(ENTRIES.subList(0, 3));
      assertThat(recovery.torn()).hasSize(whole.length - lastLine);
      return true;
    } catch (IllegalStateException refused) {
      assertThat(refused).hasMessageStartingWith(file + ":");
      return false;
    }
  }

  @Test
  void refused_isNotTouchedAndCanBeOpenedOnceRepaired() throws IOException {
    byte[] flipped = whole.clone();
    flipped[lastLine - 5] ^= 1;
    Files.write(file, flipped);

    assertThatThrownBy(() -> AccountFile.open(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "%s:4 can't be read: its checksum is wrong. Nothing was changed; restore the file from"
                + " a backup, or repair the line",
            file);
    assertThat(Files.readAllBytes(file)).isEqualTo(flipped);
    Files.write(file, whole);
    AccountFile.open(directory).close();
  }

  @Test
  void linesMissingDoubledOrSwapped_areRefused() throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<List<String>> wrong =
        List.of(
            without(lines, 0),
            without(lines, 1),
            without(lines, 3),
            List.of(lines.get(0), lines.get(1), lines.get(1), lines.get(2)),
            List.of(lines.get(0), lines.get(2), lines.get(1), lines.get(3)),
            List.of(lines.get(0), lines.get(1), lines.get(0)));
    for (List<String> some : wrong) {
      Files.write(file, some);
      assertThatThrownBy(() -> read(new ArrayList<>()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("lines are missing, doubled or moved");
    }
  }

  private static List<String> without(List<String> lines, int index) {
    List<String> fewer = new ArrayList<>(lines);
    fewer.remove(index);
    return fewer;
  }

  @Test
  void newerVersion_isRefused() throws IOException {
    Files.writeString(file, line("\"n\":0,\"monetize\":\"accounts\",\"version\":2}"));
    assertThatThrownBy(() -> AccountFile.open(directory))
        .hasMessageStartingWith(
            "%s:1 can't be read: its format is version 2, and this Monetize reads version 1: use a"
                + " newer one",
            file);
  }

  @Test
  void unknownContent_isRefusedAtTheLastLineToo() throws IOException {
    List<String> unknown =
        List.of(
            "\"n\":5,\"invoice\":{}}",
            "\"n\":5,\"customer\":{\"id\":\"x\",\"name\":\"\",\"vip\":true}}",
            "\"n\":5,\"customer\":{\"id\":\"x\"}}",
            "\"n\":5,\"customer\":{\"id\":\"x\",\"id\":\"y\",\"name\":\"\"}}",
            "\"n\":5,\"customer\":{\"id\":\"x y\",\"name\":\"\"}}",
            "\"n\":5,\"customer\":{\"id\":\"x\",\"name\":\"\"},\"more\":1}",
            "\"n\":5}",
            "}");
    for (String content : unknown) {
      Files.writeString(file, new String(whole, UTF_8) + line(content));
      assertThatThrownBy(() -> AccountFile.open(directory))
          .as(content)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(file + ":6 can't be read: ");
    }
  }

  @Test
  void otherFile_isRefused() throws IOException {
    for (String text : List.of("", "\n", "hello\n", "{}", line("\"n\":0,\"x\":1}"))) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> AccountFile.open(directory))
          .as(text)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(file + ":1 can't be read: ");
      assertThat(file).hasContent(text);
    }
  }

  @Test
  void endlessLine_isRefused() throws IOException {
    Files.write(file, Arrays.copyOf(whole, whole.length + (3 << 20)));
    assertThatThrownBy(() -> AccountFile.open(directory))
        .hasMessageStartingWith(file + ":6 can't be read: it has no end");
  }

  private static String line(String content) {
    CRC32C crc = new CRC32C();
    crc.update(content.getBytes(UTF_8));
    return "{\"crc\":\"%08x\",%s\n".formatted(crc.getValue(), content);
  }
}
