// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.OutboxEntry.Folded;
import dev.monetize.stripe.OutboxEntry.Use;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which batches an outbox has taken in, and what is there of those that come in parts: each counts
 * once, whoever brings it and however often. Not thread-safe.
 */
final class OutboxBatches {

  private final Map<UUID, Long> positions = new HashMap<>();

  /** Batches of which not all parts are there, by attempt. */
  private final Map<UUID, OutboxParts> underWay = new HashMap<>();

  /** Takes a batch or a part of one; what is used by that, once all parts are there. */
  List<Use> take(Folded folded) {
    if (folded.last() <= position(folded.journal())) {
      return List.of(); // somebody was faster
    }
    OutboxParts parts =
        folded.part() == 0
            ? new OutboxParts(folded.journal(), folded.last(), 0, List.of())
            : underWay.get(folded.attempt());
    OutboxParts now = parts == null ? null : parts.with(folded);
    if (now == null) {
      underWay.remove(folded.attempt()); // one before it was lost: the batch comes again
    } else if (folded.ends()) {
      positions.put(folded.journal(), folded.last());
      underWay.values().removeIf(other -> other.isOver(folded));
      return now.uses();
    } else {
      underWay.put(folded.attempt(), now);
    }
    return List.of();
  }

  /** Sequence up to which a journal was taken in, 0 if nothing of it was. */
  long position(UUID journal) {
    return positions.getOrDefault(journal, 0L);
  }

  void writePositions(DataOutput to) throws IOException {
    to.writeInt(positions.size());
    for (Map.Entry<UUID, Long> position : new TreeMap<>(positions).entrySet()) {
      to.writeLong(position.getKey().getMostSignificantBits());
      to.writeLong(position.getKey().getLeastSignificantBits());
      to.writeLong(position.getValue());
    }
  }

  void readPositions(DataInput from) throws IOException {
    for (int left = from.readInt(); left > 0; left--) {
      positions.put(new UUID(from.readLong(), from.readLong()), from.readLong());
    }
  }

  /** A checkpoint may lie between the parts of a batch. */
  void writeParts(DataOutput to) throws IOException {
    to.writeInt(underWay.size());
    for (Map.Entry<UUID, OutboxParts> attempt : new TreeMap<>(underWay).entrySet()) {
      to.writeLong(attempt.getKey().getMostSignificantBits());
      to.writeLong(attempt.getKey().getLeastSignificantBits());
      attempt.getValue().write(to);
    }
  }

  void readParts(DataInput from) throws IOException {
    for (int left = from.readInt(); left > 0; left--) {
      underWay.put(new UUID(from.readLong(), from.readLong()), OutboxParts.read(from));
    }
  }
}
