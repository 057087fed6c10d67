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
 *
 * <p>A batch that can never be taken, whatever happens at the far side, is {@link Rejected}: it is
 * parked, and the ones behind it go on. It comes again, out of order, only where somebody calls
 * {@link Shipper#retry}.
 */
@FunctionalInterface
public interface UsageSink {

  /**
   * Takes a batch.
   *
   * @throws Rejected if it must not come again by itself
   * @throws Exception if it could not be stored; it is delivered again, with growing pauses
   */
  void deliver(UsageBatch batch) throws Exception;

  /** This batch will never be taken as it is: it is not to be tried again, but put aside. */
  final class Rejected extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param reason shown to whoever decides what becomes of the batch; the first 500 characters
     *     are kept
     */
    public Rejected(String reason) {
      super(reason);
    }

    /** A refusal that something caused. */
    public Rejected(String reason, Throwable cause) {
      super(reason, cause);
    }
  }
}
