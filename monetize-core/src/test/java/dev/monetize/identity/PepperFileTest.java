// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monetize.identity.MonetizeKeys.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PepperFileTest {

  private static final String GOOD = "A".repeat(43);

  @TempDir Path temp;
  private Path directory;
  private Path file;

  @BeforeEach
  void paths() {
    directory = temp.resolve("data");
    file = directory.resolve("pepper");
  }

  private void holds(String text) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(file, text);
  }

  private String secretLine() throws IOException {
    return Files.readAllLines(file).stream()
        .filter(l -> !l.startsWith("#"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void first_isMadeAndReadAgain() throws IOException {
    MonetizeKeys keys = MonetizeKeys.load(directory);
    String secret = keys.generate(new SecureRandom(), Mode.LIVE).takeSecret();

    assertThat(MonetizeKeys.load(directory).hash(secret)).isEqualTo(keys.hash(secret));
    assertThat(secretLine()).matches("p1:[A-Za-z0-9_-]{43}:[0-9a-f]{8}");
    try (var names = Files.list(directory)) {
      assertThat(names).containsExactly(file);
    }
  }

  @Test
  void first_differsEverywhere() throws IOException {
    MonetizeKeys keys = MonetizeKeys.load(directory);
    String secret = keys.generate(new SecureRandom(), Mode.LIVE).takeSecret();

    assertThat(MonetizeKeys.load(temp.resolve("other")).hash(secret))
        .isNotEqualTo(keys.hash(secret));
  }

  @Test
  void file_isItsOwnersOnly() throws IOException {
    assumeTrue(PrivateFiles.isPosix(temp));
    MonetizeKeys.load(directory);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PrivateFiles.isReadableByOthers(file)).isFalse();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(PrivateFiles.isReadableByOthers(file)).isTrue();
  }

  @Test
  void manyAtOnce_agreeOnOne() {
    List<MonetizeKeys> all =
        IntStream.range(0, 16).parallel().mapToObj(i -> MonetizeKeys.load(directory)).toList();
    String secret = all.get(0).generate(new SecureRandom(), Mode.LIVE).takeSecret();

    assertThat(all.stream().map(keys -> keys.hash(secret)).distinct()).hasSize(1);
  }

  @Test
  void interrupted_isMadeNevertheless() {
    Thread.currentThread().interrupt();
    MonetizeKeys.load(directory);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).exists();
  }

  @Test
  void lines_areCurrentThenOlder() throws IOException {
    MonetizeKeys before = MonetizeKeys.load(directory);
    String secret = before.generate(new SecureRandom(), Mode.LIVE).takeSecret();
    holds("# rotated\n\n2026-02:" + GOOD + "=\r\n" + secretLine() + "\n");
    MonetizeKeys after = MonetizeKeys.load(directory);

    assertThat(after.hash(secret)).isEqualTo(MonetizeKeys.under(zeros()).hash(secret));
    assertThat(after.olderHashes(secret)).containsExactly(before.hash(secret));
  }

  private static Pepper zeros() {
    return Pepper.of("2026-02", new byte[32]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p1",
        "p1:",
        "p1:" + "AAAA",
        "p1:not base64!not base64!not base64!not base64!",
        ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "p1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:00000000",
        "p1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:1:2",
      })
  void damagedLine_isRefusedWithItsPlace(String line) throws IOException {
    holds("p0:" + GOOD + "\n" + line + "\n");

    assertThatThrownBy(() -> MonetizeKeys.load(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(file + ":2 is damaged: ")
        .hasMessageContaining("restore the file from a backup")
        .hasMessageNotContaining("AAAA")
        .hasMessageNotContaining("not base64!not")
        .hasNoCause();
  }

  @Test
  void sameIdTwice_isRefused() throws IOException {
    holds("p1:" + GOOD + "\np1:" + GOOD + "\n");

    assertThatThrownBy(() -> MonetizeKeys.load(directory))
        .hasMessageStartingWith(file + ":2 is damaged: pepper \"p1\" stands there twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "# nothing\n"})
  void emptyFile_isRefused(String text) throws IOException {
    holds(text);

    assertThatThrownBy(() -> MonetizeKeys.load(directory))
        .hasMessageStartingWith(file + " holds no pepper: restore it from a backup");
  }

  @Test
  void secretWithAnyBitFlipped_isRefused() throws IOException {
    MonetizeKeys.load(directory);
    byte[] whole = Files.readAllBytes(file);
    String secret = secretLine().substring(5, 40);
    for (int i = new String(whole, java.nio.charset.StandardCharsets.US_ASCII).indexOf("p1:");
        i < whole.length - 1;
        i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = whole.clone();
        flipped[i] ^= (byte) (1 << bit);
        Files.write(file, flipped);
        assertThatThrownBy(() -> MonetizeKeys.load(directory))
            .as("byte %d, bit %d", i, bit)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(file.toString())
            .hasMessageNotContaining(secret.substring(0, 10))
            .hasMessageNotContaining(secret.substring(20, 30));
      }
    }
  }

  @Test
  void pepperLost_whileKeysNeedIt_isNotReplaced() {
    MonetizeKeys keys = MonetizeKeys.load(directory);
    IssuedKey issued = keys.generate(new SecureRandom(), Mode.LIVE);
    try (AccountFile accounts = AccountFile.open(directory)) {
      assertThat(file.toFile().delete()).isTrue();
      MonetizeKeys.load(directory); // no key needs it yet
      accounts.put(new ApiKey("k1", "acme", issued.hash(), "", Instant.EPOCH, null));
    }
    assertThat(file.toFile().delete()).isTrue();

    assertThatThrownBy(() -> MonetizeKeys.load(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(file + " is missing, but " + directory.resolve("accounts.jsonl"));
    assertThat(file).doesNotExist();
  }
}
