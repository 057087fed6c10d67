// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

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
}
