// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.usage.JournalGap;
import java.util.List;
import java.util.Set;

/**
 * How metering is doing.
 *
 * @param accepting whether calls are admitted: there is room in the journal, and it is durable
 * @param lost events that could not be written; anything but 0 is money
 * @param unmetered calls served without being metered, as {@link OnFullJournal#SERVE_UNMETERED}
 *     asks for
 * @param missingSinks sinks that the journal knows and that were not given to the builder
 * @param missingListeners notice listeners that are owed notices, and were not given to the builder
 * @param gaps what the journal lost and was gone on without, ever
 */
public record Health(
    boolean accepting,
    long lost,
    long unmetered,
    Set<String> missingSinks,
    Set<String> missingListeners,
    List<JournalGap> gaps) {

  public Health {
    gaps = List.copyOf(gaps);
    missingSinks = Set.copyOf(missingSinks);
    missingListeners = Set.copyOf(missingListeners);
  }
}
