// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.usage.FileUsageJournal;
import dev.monetize.usage.JournalSettings;
import dev.monetize.usage.JournalSettings.Durability;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class FileUsageJournalContractTest {

  @Nested
  class OfAProcess extends OnDisk {
    OfAProcess() {
      super(Durability.PROCESS);
    }
  }

  @Nested
  class OfPower extends OnDisk {
    OfPower() {
      super(Durability.POWER);
    }
  }

  abstract static class OnDisk extends UsageJournalContract {

    private final Durability durability;
    @TempDir private Path temp;
    private int kills;

    OnDisk(Durability durability) {
      this.durability = durability;
    }

    @Override
    protected UsageJournal open(InstantSource clock, List<JournalState> states) throws IOException {
      return FileUsageJournal.open(
          directory(), JournalSettings.on(clock).durability(durability), states);
    }

    private Path directory() {
      return temp.resolve("journal-" + kills);
    }

    /** What a process leaves is what the files hold at that moment. */
    @Override
    protected boolean kill(UsageJournal journal) throws IOException {
      Path left = directory();
      kills++;
      Files.createDirectory(directory());
      try (DirectoryStream<Path> files = Files.newDirectoryStream(left, "usage-*")) {
        for (Path file : files) {
          Files.copy(file, directory().resolve(file.getFileName().toString()));
        }
      }
      return true;
    }
  }
}
