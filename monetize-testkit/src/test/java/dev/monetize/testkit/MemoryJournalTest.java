// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageJournal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MemoryJournalTest extends UsageJournalContract {

  private final MemoryJournal lasting = new MemoryJournal();

  @Override
  protected UsageJournal open(InstantSource clock, List<JournalState> states) {
    return lasting.open(clock, states);
  }

  @Override
  protected boolean kill(UsageJournal journal) {
    return true; // the next opening shuts it out
  }

  @Test
  void id_mayBeGiven() {
    UUID id = new UUID(1, 2);

    InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    assertThat(new MemoryJournal(id).open(clock, List.of()).id()).isEqualTo(id);
  }

  @Test
  void former_isShutOut() {
    InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    UsageJournal former = lasting.open(clock, List.of());
    UsageJournal present = lasting.open(clock, List.of());

    assertThat(former.accepting()).isFalse();
    assertThat(former.append(RandomUsage.largest())).isZero();
    assertThat(present.append(RandomUsage.largest())).isEqualTo(1);
  }

  @Test
  void fullOne_takesNothing_untilThereIsRoom() {
    UsageJournal journal = lasting.open(InstantSource.fixed(Instant.EPOCH), List.of());
    lasting.full(true);
    assertThat(journal.accepting()).isFalse();
    assertThat(journal.append(RandomUsage.largest())).isZero();
    assertThat(journal.lost()).isEqualTo(1);

    lasting.full(false);
    assertThat(journal.accepting()).isTrue();
    assertThat(journal.append(RandomUsage.largest())).isEqualTo(1);
    assertThat(lasting.events()).containsExactly(RandomUsage.largest());
  }
}
