// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monetize.identity.Subscription.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountFileTest {

  private static final Instant CREATED = Instant.parse("2026-01-14T10:00:00.123456789Z");
  private static final Customer ACME = new Customer("acme", "Acme \"& Söhne\" \\ 🙂");
  private static final ApiKey KEY =
      new ApiKey("key_1", "acme", new KeyHash(1, -2, 3, -4), "main", CREATED, null);
  private static final ApiKey GONE =
      new ApiKey("key_2", "acme", new KeyHash(5, 6, 7, 8), "", CREATED, null).revokedAt(CREATED);
  private static final Subscription PRO =
      new Subscription(
          "acme",
          "pro",
          Status.SUSPENDED,
          CREATED,
          Map.of("rate_limit", "500/min", "support", "a \"b\""),
          "sub_1");

  @TempDir Path directory;

  private AccountFile open() {
    return AccountFile.open(directory);
  }

  private long lines() throws IOException {
    return Files.readAllLines(directory.resolve("accounts.jsonl")).size();
  }

  @Test
  void everything_isThereAfterReopening() {
    Subscription plain = Subscription.to("free", "other");
    try (AccountFile accounts = open()) {
      accounts.put(ACME);
      accounts.put(KEY);
      accounts.put(PRO);
      accounts.put(plain);
      accounts.put(GONE);
    }
    try (AccountFile accounts = open()) {
      assertThat(accounts.customer("acme")).contains(ACME);
      assertThat(accounts.customers()).containsExactly(ACME);
      assertThat(accounts.key("key_1")).contains(KEY);
      assertThat(accounts.keys("acme")).containsExactly(KEY, GONE);
      assertThat(accounts.find(KEY.hash())).contains(new KeyOwner("acme", "key_1", null));
      assertThat(accounts.find("acme")).contains(PRO);
      assertThat(accounts.all()).containsExactlyInAnyOrder(PRO, plain);
    }
  }

  @Test
  void unknown_isEmpty() {
    try (AccountFile accounts = open()) {
      assertThat(accounts.customer("x")).isEmpty();
      assertThat(accounts.key("")).isEmpty();
      assertThat(accounts.keys("x")).isEmpty();
      assertThat(accounts.find(KEY.hash())).isEmpty();
      assertThat(accounts.find("no such\0customer")).isEmpty();
      assertThat(accounts.all()).isEmpty();
    }
  }

  @Test
  void last_counts() {
    ApiKey revoked = KEY.withValidUntil(CREATED.plusSeconds(60));
    try (AccountFile accounts = open()) {
      accounts.put(ACME);
      accounts.put(new Customer("acme", "renamed"));
      accounts.put(KEY);
      accounts.put(revoked);
      accounts.put(PRO);
      accounts.put(PRO.withTier("free"));
    }
    try (AccountFile accounts = open()) {
      assertThat(accounts.customer("acme").orElseThrow().name()).isEqualTo("renamed");
      assertThat(accounts.find(KEY.hash()).orElseThrow().validUntil())
          .isEqualTo(CREATED.plusSeconds(60));
      assertThat(accounts.find("acme").orElseThrow().tier()).isEqualTo("free");
    }
  }

  @Test
  void keys_areOldestFirst() {
    ApiKey older = new ApiKey("z", "acme", new KeyHash(9, 9, 9, 9), "", Instant.EPOCH, null);
    try (AccountFile accounts = open()) {
      accounts.put(KEY);
      accounts.put(older);

      assertThat(accounts.keys("acme")).containsExactly(older, KEY);
    }
  }

  @Test
  void rehashedKey_isFoundUnderItsNewHashOnly() {
    ApiKey rehashed = KEY.withHash(new KeyHash(7, 7, 7, 7));
    try (AccountFile accounts = open()) {
      accounts.put(KEY);
      accounts.put(rehashed);
      assertThat(accounts.find(rehashed.hash())).isPresent();
      assertThat(accounts.find(KEY.hash())).isEmpty();
    }
    try (AccountFile accounts = open()) {
      assertThat(accounts.find(rehashed.hash())).isPresent();
      assertThat(accounts.find(KEY.hash())).isEmpty();
    }
  }

  @Test
  void key_neverChangesHandsAndHasItsHashAlone() throws IOException {
    try (AccountFile accounts = open()) {
      accounts.put(KEY);
      long before = lines();

      assertThatThrownBy(
              () -> accounts.put(new ApiKey("key_1", "evil", KEY.hash(), "", CREATED, null)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("key \"key_1\" is customer \"acme\"'s and can't become customer \"evil\"'s");
      assertThatThrownBy(
              () -> accounts.put(new ApiKey("key_2", "acme", KEY.hash(), "", CREATED, null)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("key \"key_2\" has the hash of key \"key_1\"");
      assertThat(lines()).isEqualTo(before);
      assertThat(accounts.key("key_1")).contains(KEY);
    }
  }

  @Test
  void sameAgain_writesNothing() throws IOException {
    try (AccountFile accounts = open()) {
      accounts.put(ACME);
      accounts.put(ACME);

      assertThat(lines()).isEqualTo(2);
    }
  }

  @Test
  void superseded_isCompactedInUseAndAtStart() throws IOException {
    try (AccountFile accounts = AccountFile.open(directory, unsynced())) {
      accounts.put(KEY);
      IntStream.range(0, 997).forEach(i -> accounts.put(new Customer("acme", "name " + i)));
      assertThat(lines()).isEqualTo(999);
      accounts.put(ACME);
      assertThat(lines()).isEqualTo(3);
      accounts.put(PRO);
    }
    try (AccountFile accounts = open()) {
      assertThat(accounts.customer("acme")).contains(ACME);
      assertThat(accounts.find(KEY.hash())).isPresent();
      assertThat(accounts.find("acme")).contains(PRO);
    }
    assertThat(directory.resolve("accounts.jsonl.tmp")).doesNotExist();
  }

  @Test
  void liveEntries_areNotCompacted() throws IOException {
    try (AccountFile accounts = AccountFile.open(directory, unsynced())) {
      IntStream.range(0, 1_200).forEach(i -> accounts.put(new Customer("c" + i, "")));

      assertThat(lines()).isEqualTo(1_201);
    }
  }

  private static LogFile.Opener unsynced() {
    return path -> new FaultyLog(LogFile.open(path)).whereSync(log -> {});
  }

  @Test
  void secondOpener_isRefusedUntilClosed() {
    AccountFile accounts = open();
    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the accounts in %s can't be opened: this process has it open already;"
                + " close it there, or use another data directory",
            directory);
    accounts.close();
    accounts.close();
    open().close();
  }

  @Test
  void otherProcess_isRefused() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(other.inputReader().readLine()).startsWith("AccountFile[");
      assertThatThrownBy(this::open)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another process has it open");
    } finally {
      other.destroyForcibly().waitFor();
    }
    open().close();
  }

  /** Opens the accounts and keeps them until it is killed. */
  static final class OtherProcess {
    public static void main(String[] directory) throws IOException {
      try (AccountFile accounts = AccountFile.open(Path.of(directory[0]))) {
        System.out.println(accounts);
        System.out.flush();
        System.in.read();
      }
    }
  }

  @Test
  void files_areTheirOwnersOnly() throws IOException {
    assumeTrue(PrivateFiles.isPosix(directory));
    open().close();

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("accounts.jsonl"))))
        .isEqualTo("rw-------");
  }

  @Test
  void closed_refusesChanges() {
    AccountFile accounts = open();
    accounts.close();

    assertThatThrownBy(() -> accounts.put(ACME))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(directory.resolve("accounts.jsonl") + " is closed");
    assertThat(accounts.customer("acme")).isEmpty();
  }
}
