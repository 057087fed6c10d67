// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Ours: the intake's identities and hashes, the journal, and the ledger that is folded from it. */
final class JournalEngine implements Engine {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int IDS_IN_MEMORY = 4_000_000;

  private final FileUsageJournal journal;
  private final RecordedIds ids;
  private final UsageIntake intake;

  JournalEngine(Path directory, InstantSource clock) throws IOException {
    JournalSettings settings = JournalSettings.on(clock);
    Ledger ledger = new Ledger(clock);
    ids = RecordedIds.in(directory, IDS_IN_MEMORY);
    journal =
        FileUsageJournal.open(
            new SlowStorage(directory),
            () -> {},
            settings,
            settings.segmentBytes(),
            List.of(ledger, ids));
    intake = UsageIntake.open(directory, journal, ledger, ids, clock);
  }

  @Override
  public void put(OneUsage usage) {
    Recording recording = intake.record(usage.external());
    if (recording instanceof Recording.Unavailable || recording instanceof Recording.Conflict) {
      throw new IllegalStateException(recording + ": " + usage.external());
    }
  }

  @Override
  public void commit() throws IOException, InterruptedException {
    journal.sync(PATIENCE);
  }

  @Override
  public long size() {
    return ids.size();
  }

  @Override
  public void close() {
    journal.close();
  }

  @Override
  public String toString() {
    return "journal";
  }
}
