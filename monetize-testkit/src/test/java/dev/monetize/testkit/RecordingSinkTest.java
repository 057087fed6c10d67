// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageSink;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecordingSinkTest extends UsageSinkContract {

  private final RecordingSink sink = new RecordingSink();

  @Override
  protected UsageSink open() {
    return sink;
  }

  @Override
  protected long counted(String customer, String meter) {
    return sink.units(customer, meter);
  }

  @Test
  void failure_keepsNothingOfTheBatch() throws Exception {
    UsageBatch batch =
        new UsageBatch(
            new UUID(1, 2), "test", List.of(new RecordedEvent(new UUID(1, 2), 1, call())));
    sink.fail(1);

    assertThatThrownBy(() -> sink.deliver(batch)).hasMessageContaining(batch.id());
    assertThat(sink.batches()).isEmpty();
    sink.deliver(batch);
    assertThat(sink.awaitEvents(1, Duration.ofSeconds(1))).hasSize(1);
    assertThat(sink.attempts()).isEqualTo(2);
  }

  @Test
  void eventsThatDoNotCome_areAnError() {
    assertThatThrownBy(() -> sink.awaitEvents(1, Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("expected 1 events within PT0.001S, got 0 after 0 deliveries");
  }

  private static UsageEvent call() {
    return new UsageEvent(
        0, 0, "acme", "", "", "", 200, false, List.of(new Measure("calls", 1)), List.of());
  }
}
