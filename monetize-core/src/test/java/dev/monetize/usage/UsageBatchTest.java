// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UsageBatchTest {

  private static final UUID JOURNAL = new UUID(1, 2);
  private static final long HOUR = 3_600_000_000_000L;

  private static RecordedEvent recorded(long sequence, UsageEvent event) {
    return new RecordedEvent(JOURNAL, sequence, event);
  }

  @Test
  void totals_areSortedSumsByCustomerMeterAndHour() {
    UsageBatch batch =
        new UsageBatch(
            JOURNAL,
            "file",
            List.of(
                recorded(3, Events.call("zeta")),
                recorded(5, Events.call("acme", Events.NOON + HOUR)),
                recorded(6, Events.call("acme", Events.NOON - 1)),
                recorded(9, Events.call("acme", Events.NOON + HOUR + 5))));

    assertThat(batch.totals())
        .containsExactly(
            new UsageTotal("acme", "calls", Instant.parse("2026-11-20T11:00:00Z"), 1),
            new UsageTotal("acme", "calls", Instant.parse("2026-11-20T13:00:00Z"), 2),
            new UsageTotal("zeta", "calls", Instant.parse("2026-11-20T12:00:00Z"), 1));
    assertThat(batch.id()).isEqualTo(JOURNAL + ":file:3-9");
  }

  @Test
  void longestId_has120CharactersAtMost() {
    RecordedEvent last = recorded(Long.MAX_VALUE, Events.call("acme"));

    assertThat(new UsageBatch(JOURNAL, "x".repeat(40), List.of(last)).id()).hasSize(117);
  }

  @Test
  void disorder_isRefused() {
    List<RecordedEvent> events =
        List.of(recorded(2, Events.call("acme")), recorded(2, Events.call("acme")));

    assertThatThrownBy(() -> new UsageBatch(JOURNAL, "file", events))
        .hasMessage("event " + JOURNAL + ":2 must follow " + JOURNAL + ":2");
    assertThatThrownBy(() -> new UsageBatch(JOURNAL, "file", List.of()))
        .hasMessage("a batch must hold an event (sink \"file\")");
  }

  @Test
  void event_outOfBounds_isRefused() {
    assertThatThrownBy(() -> Events.call("x".repeat(257)))
        .hasMessage(
            "customer must have at most 256 characters, got 257 (\"" + "x".repeat(40) + "…\")");
    assertThatThrownBy(() -> Events.call("")).hasMessage("customer must not be empty");
    assertThatThrownBy(
            () ->
                new UsageEvent(
                    0,
                    0,
                    "acme",
                    "",
                    "",
                    "",
                    200,
                    false,
                    List.of(new Measure("calls", 1), new Measure("calls", 2)),
                    List.of()))
        .hasMessage("meter \"calls\" is measured twice");
  }
}
