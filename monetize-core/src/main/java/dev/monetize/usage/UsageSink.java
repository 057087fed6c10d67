// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/**
 * Where usage goes: a warehouse, a billing provider, a file. A lambda will do.
 *
 * <p>Each sink is served by one thread of its own, batch after batch, in the order of the journal.
 * Returning means that the batch is safe at the far side; throwing means that the same batch, with
 * the same id and the same content, comes again later. After a crash the last batch may come again
 * although {@code deliver} had returned: a sink that keeps {@link UsageBatch#id} counts nothing
 * twice, and so does one whose far side knows events by {@link RecordedEvent#id}.
 */
@FunctionalInterface
public interface UsageSink {

  /**
   * Takes a batch.
   *
   * @throws Exception if it could not be stored; it is delivered again, with growing pauses
   */
  void deliver(UsageBatch batch) throws Exception;
}
