// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a failing disk leaves behind. */
class AccountFileFaultsTest {

  private static final Customer BEFORE = new Customer("before", "");
  private static final Customer FAILS = new Customer("fails", "");
  private static final Customer AFTER = new Customer("after", "");

  @TempDir Path directory;
  private final List<FaultyLog> logs = new ArrayList<>();

  private AccountFile open() {
    return AccountFile.open(
        directory,
        path -> {
          logs.add(new FaultyLog(LogFile.open(path)));
          return log();
        });
  }

  private FaultyLog log() {
    return logs.get(logs.size() - 1);
  }

  private static void failAfter(LogFile log, byte[] bytes, int written) throws IOException {
    log.append(Arrays.copyOf(bytes, written));
    throw new IOException("No space left on device");
  }

  @Test
  void failedWrite_changesNothingAndAllGoesOn() {
    try (AccountFile accounts = open()) {
      accounts.put(BEFORE);
      for (int written : new int[] {0, 1, 20}) {
        log().whereAppend((log, bytes) -> failAfter(log, bytes, written));
        assertThatThrownBy(() -> accounts.put(FAILS))
            .isInstanceOf(UncheckedIOException.class)
            .hasMessage(
                "%s can't be written: No space left on device",
                directory.resolve("accounts.jsonl"));
        assertThat(accounts.customer("fails")).isEmpty();
        log().healed();
      }
      accounts.put(AFTER);
    }
    try (AccountFile accounts = open()) {
      assertThat(accounts.customers()).containsExactlyInAnyOrder(BEFORE, AFTER);
    }
    assertThat(directory.resolve("accounts.jsonl.torn")).doesNotExist();
  }

  @Test
  void failedWrite_whoseTailCannotBeCut_endsWriting() {
    try (AccountFile accounts = open()) {
      accounts.put(BEFORE);
      log().whereAppend((log, bytes) -> failAfter(log, bytes, 20)).whereCutFails();
      assertThatThrownBy(() -> accounts.put(FAILS)).isInstanceOf(UncheckedIOException.class);
      log().healed();

      assertThatThrownBy(() -> accounts.put(AFTER))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "%s takes no more changes since a write failed: check the disk, then restart",
              directory.resolve("accounts.jsonl"));
      assertThat(accounts.customers()).containsExactly(BEFORE);
    }
    try (AccountFile accounts = open()) {
      assertThat(accounts.customers()).containsExactly(BEFORE);
      accounts.put(AFTER);
    }
    assertThat(directory.resolve("accounts.jsonl.torn")).isNotEmptyFile();
  }

  @Test
  void failedSync_isNeverTriedAgain() {
    List<String> syncs = new ArrayList<>();
    try (AccountFile accounts = open()) {
      accounts.put(BEFORE);
      log()
          .whereSync(
              log -> {
                syncs.add("failed");
                throw new IOException("Input/output error");
              });
      assertThatThrownBy(() -> accounts.put(FAILS)).isInstanceOf(UncheckedIOException.class);
      assertThatThrownBy(() -> accounts.put(AFTER)).isInstanceOf(IllegalStateException.class);

      assertThat(syncs).hasSize(1);
      assertThat(accounts.customers()).containsExactly(BEFORE);
    }
    try (AccountFile accounts = open()) {
      assertThat(accounts.customer("before")).contains(BEFORE);
      assertThat(accounts.customer("after")).isEmpty();
    }
  }

  @Test
  void failedCompaction_leavesTheOldFileInUse() throws IOException {
    try (AccountFile accounts =
        AccountFile.open(directory, path -> compactionFails(path, LogFile.open(path)))) {
      for (int i = 0; i < 1_005; i++) {
        accounts.put(new Customer("before", "name " + i));
      }
      assertThat(Files.readAllLines(directory.resolve("accounts.jsonl"))).hasSize(1_006);
    }
    try (AccountFile accounts = open()) {
      assertThat(accounts.customer("before").orElseThrow().name()).isEqualTo("name 1004");
      assertThat(Files.readAllLines(directory.resolve("accounts.jsonl"))).hasSize(2);
    }
  }

  /** The first start's empty draft may be written, later ones not. */
  private LogFile compactionFails(Path path, LogFile real) {
    FaultyLog log = new FaultyLog(real).whereSync(unused -> {});
    boolean draft = path.toString().endsWith(".tmp");
    if (draft && Files.exists(directory.resolve("accounts.jsonl"))) {
      log.whereAppend((unused, bytes) -> failAfter(unused, bytes, 5));
    }
    return log;
  }
}
