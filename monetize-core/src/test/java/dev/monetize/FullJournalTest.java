// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of calls while the journal can make no more files, and when it can again. */
class FullJournalTest {

  private static final String TIERS =
      """
      tiers:
        pro:
          price: 0
          included_calls: 1000000/month
          endpoints: [/v1/*]
      """;

  private static final int MANY = 100_000;

  @TempDir private Path data;

  private Bench bench(OnFullJournal policy) {
    return new Bench(
        data,
        TIERS,
        builder ->
            builder.onFullJournal(policy).journal(settings -> settings.segmentBytes(128 << 10)));
  }

  /** A directory where the next file is to be made keeps it from being made. */
  private Path obstacle() throws IOException {
    Path journal = data.resolve("journal");
    while (!Files.exists(journal.resolve("usage-0000000000000000002.journal"))) {
      Thread.onSpinWait(); // the first spare one is being made
    }
    return Files.createDirectory(journal.resolve("next.tmp"));
  }

  @Test
  void refuse_admitsNothing_untilThereIsRoom_andLosesNothing() throws Exception {
    Bench bench = bench(OnFullJournal.REFUSE);
    String key = bench.customer("acme", "pro");
    Path obstacle = obstacle();
    long served = 0;
    while (bench.call("/v1/x", key)) {
      assertThat(++served).isLessThan(MANY);
    }

    assertThat(bench.denied("/v1/x", key).reason()).isEqualTo(Reason.METERING_UNAVAILABLE);
    assertThat(bench.monetizer.health().accepting()).isFalse();
    Files.delete(obstacle);
    while (!bench.call("/v1/x", key)) {
      Thread.onSpinWait();
    }
    assertThat(bench.monetizer.health().lost()).isZero();
    bench.restart();
    assertThat(bench.used("calls", key)).isEqualTo(served + 1);
    bench.close();
  }

  @Test
  void serveUnmetered_goesOn_andCountsWhatWentUnmetered() throws Exception {
    Bench bench = bench(OnFullJournal.SERVE_UNMETERED);
    String key = bench.customer("acme", "pro");
    Path obstacle = obstacle();
    long served = 0;
    while (bench.monetizer.health().unmetered() < 10) {
      assertThat(bench.call("/v1/x", key)).isTrue();
      assertThat(++served).isLessThan(MANY);
    }

    assertThat(bench.used("calls", key)).isEqualTo(served - 10);
    Files.delete(obstacle);
    while (!bench.monetizer.health().accepting()) {
      Thread.onSpinWait();
    }
    assertThat(bench.call("/v1/x", key)).isTrue();
    assertThat(bench.monetizer.health().unmetered()).isEqualTo(10);
    assertThat(bench.monetizer.health().lost()).isZero();
    bench.restart();
    assertThat(bench.used("calls", key)).isEqualTo(served - 10 + 1);
    bench.close();
  }
}
