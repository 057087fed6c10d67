// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.List;

/**
 * Reads events back from a journal, cheapest where one read goes on from the last. Not thread-safe.
 */
public interface EventReader {

  /**
   * Where the oldest record is that is kept: 1 until some are deleted, {@link Long#MAX_VALUE} if
   * none is left.
   */
  long first();

  /**
   * Events of a range that is durable, in the order of the journal. What is read once is read again
   * the same.
   *
   * @param first where to begin
   * @param last where to end, included; at most what {@link UsageLog#durable} said
   * @param most how many events at most
   * @return fewer than {@code most} only if there are no more in the range
   * @throws IOException if they cannot be read, or were deleted
   */
  List<RecordedEvent> read(long first, long last, int most) throws IOException;
}
