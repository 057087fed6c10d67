// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

/** A limiter on a server, with three limits on each key that are never reached. */
interface Contender extends AutoCloseable {

  /** Takes one from each limit; whether it was allowed. */
  boolean acquire(String key);

  @Override
  void close();
}
