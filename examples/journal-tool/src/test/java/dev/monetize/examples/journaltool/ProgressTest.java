// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.journaltool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private static final UsageEvent EVENT =
      new UsageEvent(
          1_795_176_000_000_000_000L, 0, "acme", "k", "t", "e", 200, false, List.of(), List.of());

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now;
  private long read;
  private final Progress progress =
      new Progress(new PrintStream(err, true, StandardCharsets.UTF_8), () -> now);

  private void read(long events) {
    for (long i = 0; i < events; i++) {
      progress.at(new RecordedEvent(new UUID(0, 0), ++read, EVENT));
    }
  }

  @Test
  void shortLook_isSilent() {
    now = 4_999_999_999L;
    read(10L * Progress.STEP);

    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void longLook_tellsEveryFiveSeconds() {
    now = 5_000_000_000L;
    read(3L * Progress.STEP);
    now = 10_000_000_000L;
    read(2L * Progress.STEP);

    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "read up to record 16,384, of 2026-11-20T12:00:00Z",
            "read up to record 65,536, of 2026-11-20T12:00:00Z");
  }
}
