// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.Monetizer;
import dev.monetize.MonetizerBuilder;
import dev.monetize.Reason;
import dev.monetize.notice.Notice;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.ExportFormat;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.Recording;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine whose usage is written down elsewhere than in its data directory. */
class OtherJournalTest {

  private static final Instant NOON = Instant.parse("2027-01-15T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path data;
  private final MutableClock clock = new MutableClock(NOON);
  private final MemoryJournal journal = new MemoryJournal();
  private final RecordingSink sink = new RecordingSink();
  private final BlockingQueue<Notice> notices = new LinkedBlockingQueue<>();
  private Monetizer monetizer;
  private String key;

  private MonetizerBuilder builder() {
    return Monetizer.builder()
        .tiers(
            TierCatalog.parse(
                "tiers.yml",
                """
                tiers:
                  free:
                    price: 0
                    included_calls: 10/month
                    endpoints: [/v1/*]
                """))
        .dataDirectory(data)
        .clock(clock)
        .sink("files", sink)
        .notices("told", notices::add)
        .usageJournal(journal::open);
  }

  @BeforeEach
  void open() {
    monetizer = builder().build();
    monetizer.accounts().createCustomer("acme", "Acme", "free");
    key = monetizer.accounts().issueKey("acme", "").takeSecret();
  }

  @AfterEach
  void close() {
    monetizer.close();
  }

  private void call(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(FakeCall.get("/v1/x", key).charged(monetizer)).containsEntry("calls", 1L);
    }
  }

  @Test
  void nothingIsForgottenOverARestart() throws Exception {
    call(8);
    ExternalUsage job = new ExternalUsage("acme", Map.of("calls", 1L), NOON, "batch", "job-1");
    assertThat(monetizer.record(job)).isInstanceOf(Recording.Recorded.class);
    assertThat(notices.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();

    monetizer.close();
    assertThat(sink.events()).hasSize(9).isEqualTo(journal.events());
    monetizer = builder().build();

    assertThat(monetizer.record(job)).isInstanceOf(Recording.Duplicate.class);
    call(1);
    assertThat(FakeCall.get("/v1/x", key).refused(monetizer).reason())
        .isEqualTo(Reason.QUOTA_EXCEEDED);
    Notice hundred = notices.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(hundred).asString().contains("100");
    assertThat(notices).as("80 % was told before").isEmpty();
    assertThat(exported()).isEqualTo(10);
    assertThat(data.resolve("journal")).doesNotExist();
    monetizer.close();
    assertThat(sink.events()).hasSize(10).isEqualTo(journal.events());
  }

  private long exported() throws IOException {
    return monetizer
        .history()
        .export(
            "acme",
            NOON.minus(Duration.ofDays(1)),
            NOON.plus(Duration.ofDays(1)),
            ExportFormat.JSON_LINES,
            new StringBuilder());
  }

  @Test
  void callsAreRefused_whileItTakesNothing() {
    journal.full(true);
    assertThat(monetizer.health().accepting()).isFalse();
    assertThat(FakeCall.get("/v1/x", key).refused(monetizer).reason())
        .isEqualTo(Reason.METERING_UNAVAILABLE);

    journal.full(false);
    call(1);
    assertThat(monetizer.health().lost()).isZero();
  }

  @Test
  void settingsOfTheOneInTheDataDirectory_areNoneOfIts() {
    MonetizerBuilder both = builder().journal(settings -> settings);

    assertThatThrownBy(both::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("give one of them");
  }

  @Test
  void journalThatCannotBeOpened_isTold() {
    MonetizerBuilder failing =
        builder()
            .dataDirectory(data.resolve("other"))
            .usageJournal(
                (time, states) -> {
                  throw new IOException("far away");
                });

    assertThatThrownBy(failing::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the journal cannot be opened: far away");
  }
}
