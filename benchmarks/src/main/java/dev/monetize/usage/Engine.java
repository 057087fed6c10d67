// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/** What keeps usage from elsewhere, each id once. Not thread-safe. */
interface Engine extends AutoCloseable {

  /** Takes usage, if its id is not known. */
  void put(OneUsage usage);

  /** Makes durable what was taken. */
  void commit() throws Exception;

  /** How many ids it holds. */
  long size();

  @Override
  void close() throws Exception;
}
