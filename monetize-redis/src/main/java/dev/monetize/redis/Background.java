// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

/** What no call waits for. Thread-safe. */
interface Background extends AutoCloseable {

  /** Has what is due done soon; once, however often that is asked for until then. */
  void soon();

  @Override
  void close();
}
