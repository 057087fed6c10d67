// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

/**
 * What a {@link Customers} or {@link Subscriptions} that other processes write to may implement
 * too, so that a change made there is seen here at once, and not only when what was cached of it
 * has run out.
 */
public interface Changes {

  /**
   * Begins to tell of changes, made here or elsewhere. What is told is a hint to look again: more
   * may be told than has changed, and what is lost is found when the cache runs out.
   *
   * @return ends it; nothing is told after it was closed
   */
  AutoCloseable listen(Listener listener);

  /** Is told of changes, on a thread that others wait for. Thread-safe; never throws. */
  interface Listener {

    /** Keys or the subscription of a customer may be others than before. */
    void changed(String customer);

    /** Changes may have been missed, anybody's. */
    void missed();
  }
}
