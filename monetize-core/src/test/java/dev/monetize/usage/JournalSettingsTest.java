// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class JournalSettingsTest {

  private static final JournalSettings DEFAULT = JournalSettings.on(InstantSource.system());

  @Test
  void defaults_areAsDocumented() {
    assertThat(DEFAULT)
        .isEqualTo(
            new JournalSettings(
                JournalSettings.Durability.PROCESS,
                JournalSettings.OnDamage.REFUSE,
                16 * 1024 * 1024,
                Duration.ofMillis(10),
                Duration.ofMinutes(1),
                Duration.ofDays(400),
                DEFAULT.clock()));
  }

  @Test
  void each_canBeChangedAlone() {
    InstantSource clock = new TestClock();
    JournalSettings all =
        DEFAULT
            .durability(JournalSettings.Durability.POWER)
            .onDamage(JournalSettings.OnDamage.CONTINUE)
            .segmentBytes(1 << 20)
            .syncEvery(Duration.ofMillis(5))
            .checkpointEvery(Duration.ofHours(1))
            .retention(Duration.ofDays(90))
            .clock(clock);

    assertThat(all)
        .isEqualTo(
            new JournalSettings(
                JournalSettings.Durability.POWER,
                JournalSettings.OnDamage.CONTINUE,
                1 << 20,
                Duration.ofMillis(5),
                Duration.ofHours(1),
                Duration.ofDays(90),
                clock));
  }

  @Test
  void outOfBounds_isRefused() {
    assertThatThrownBy(() -> DEFAULT.segmentBytes(4096))
        .hasMessage("segmentBytes must be a multiple of 4096 from 131072 to 1073741824, got 4096");
    assertThatThrownBy(() -> DEFAULT.syncEvery(Duration.ZERO))
        .hasMessage("syncEvery must be from PT0.001S to PT10S, got PT0S");
    assertThatThrownBy(() -> DEFAULT.checkpointEvery(Duration.ofDays(2)))
        .hasMessage("checkpointEvery must be from PT1S to PT24H, got PT48H");
    assertThatThrownBy(() -> DEFAULT.retention(Duration.ofDays(-1)))
        .hasMessage("retention must be from PT0S to PT876000H, got PT-24H");
  }
}
