// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.UUID;

/**
 * A batch that a sink refused for good, or that it may have been sent before the journal lost
 * {@linkplain UsageJournal#gaps records}, and that waits for somebody to decide: {@link
 * Shipper#retry} or {@link Shipper#drop}.
 *
 * @param journal the journal it is a range of
 * @param sink the sink that it is for
 * @param first sequence of its first event
 * @param last sequence of its last event
 * @param at when it was parked, to the millisecond
 * @param reason what the sink said, or what is in doubt; at most 500 characters
 */
public record ParkedBatch(
    UUID journal, String sink, long first, long last, Instant at, String reason) {

  /** The batch's {@link UsageBatch#id}. */
  public String id() {
    return UsageBatch.id(journal, sink, first, last);
  }
}
