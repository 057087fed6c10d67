// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;

/**
 * A period was asked for that begins before all events are kept, so that an answer could lack some
 * that were billed. What was written by then, if anything, is no whole answer.
 */
public final class NoLongerKeptException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final Instant since;

  NoLongerKeptException(Instant from, Instant since) {
    super(
        "events settled before "
            + since
            + " are no longer kept, and the period begins at "
            + from
            + ": ask for what is kept, from "
            + since
            + " on");
    this.since = since;
  }

  /** What to ask from: since then all are kept. */
  public Instant since() {
    return since;
  }
}
