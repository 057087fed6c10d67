// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.time.Instant;
import java.util.stream.Stream;

/**
 * What {@link Customers} that know their keys may implement too, so that customers are told before
 * a key expires, and when it does. Thread-safe; may block, and throw where it cannot be answered:
 * it is asked again later.
 */
public interface EndingKeys {

  /**
   * Keys that are valid until an instant within a time, in no order; revoked ones may be among
   * them. To be closed.
   *
   * @param from the earliest end
   * @param to the latest end
   */
  Stream<ApiKey> ending(Instant from, Instant to);
}
