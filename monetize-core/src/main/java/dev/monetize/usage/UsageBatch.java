// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.List;

/**
 * A fixed range of the journal, on its way to one sink. The same batch always has the same id and
 * the same content.
 *
 * @param id unique over all journals and sinks, at most 100 characters
 * @param first sequence of the first event
 * @param last sequence of the last event
 */
public record UsageBatch(String id, long first, long last, List<UsageEvent> events) {

  public UsageBatch {
    events = List.copyOf(events);
  }
}
