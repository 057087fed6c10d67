// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.UUID;

/**
 * An event with its place in a journal, which is its identity: no other event, of this journal or
 * of another, ever has the same {@link #id}.
 *
 * @param sequence its place in the journal, at least 1
 */
public record RecordedEvent(UUID journal, long sequence, UsageEvent event) {

  public RecordedEvent {
    Objects.requireNonNull(journal, "journal");
    Objects.requireNonNull(event, "event");
    if (sequence < 1) {
      throw new IllegalArgumentException("sequence must be at least 1, got " + sequence);
    }
  }

  /** The identity as text, {@code <journal>:<sequence>}: what to keep to count nothing twice. */
  public String id() {
    return journal + ":" + sequence;
  }

  /** The event in one line, as {@link ExportFormat#JSON_LINES} has it, without the line's end. */
  public String toJson() {
    try {
      return EventJson.event(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory: cannot be
    }
  }
}
