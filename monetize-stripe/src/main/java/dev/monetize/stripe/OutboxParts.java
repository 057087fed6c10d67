// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.OutboxEntry.Folded;
import dev.monetize.stripe.OutboxEntry.Use;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first parts of a batch.
 *
 * @param last sequence that the batch ends with
 * @param parts how many there are
 * @param uses what they come to
 */
record OutboxParts(UUID journal, long last, int parts, List<Use> uses) {

  OutboxParts {
    uses = List.copyOf(uses);
  }

  /** And one more; null if it is not the next one. */
  @Nullable OutboxParts with(Folded next) {
    if (next.part() != parts) {
      return null;
    }
    List<Use> all = new ArrayList<>(uses);
    all.addAll(next.uses());
    return new OutboxParts(journal, last, parts + 1, all);
  }

  /** Whether nobody waits for the rest, since a batch is in. */
  boolean isOver(Folded in) {
    return journal.equals(in.journal()) && last <= in.last();
  }

  void write(DataOutput to) throws IOException {
    to.writeLong(journal.getMostSignificantBits());
    to.writeLong(journal.getLeastSignificantBits());
    to.writeLong(last);
    to.writeInt(parts);
    to.writeInt(uses.size());
    for (Use use : uses) {
      use.write(to);
    }
  }

  static OutboxParts read(DataInput from) throws IOException {
    UUID journal = new UUID(from.readLong(), from.readLong());
    long last = from.readLong();
    int parts = from.readInt();
    List<Use> uses = new ArrayList<>();
    for (int left = from.readInt(); left > 0; left--) {
      uses.add(Use.read(from));
    }
    return new OutboxParts(journal, last, parts, uses);
  }
}
