// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Map;

/**
 * The places of sinks in a journal, kept in the journal itself: so a place is never ahead of what
 * it is a place in. Thread-safe.
 */
public interface SinkBook {

  /** How far each sink is that a mark is about, or that was asked for, by its name. */
  Map<String, SinkProgress> sinks();

  /**
   * How far a sink is; one that no mark is about begins with the oldest event kept. From here on it
   * is known, and nothing that it may {@linkplain SinkProgress#needed still ask for} is deleted.
   */
  SinkProgress progress(String sink);

  /**
   * Writes down what became of a range on its way to a sink, which {@link #sinks} tells from then
   * on. It is durable when a {@link UsageLog#sync} that follows returns.
   *
   * @return its place in the journal; 0 if it could not be written
   */
  long mark(SinkMark mark);
}
