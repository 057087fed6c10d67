// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How far a sink is, as the journal tells it.
 *
 * @param sent everything up to this sequence is done with
 * @param sealed the batch that was cut and is not known to have arrived, if any
 * @param givenUp whether nothing is owed to it
 */
record SinkProgress(long sent, @Nullable SinkMark sealed, boolean givenUp) {

  static final SinkProgress NEW = new SinkProgress(0, null, false);

  SinkProgress after(RecordType type, SinkMark mark) {
    return switch (type) {
      case SEAL -> new SinkProgress(sent, mark, false);
      case SENT -> new SinkProgress(mark.last(), null, false);
      case GIVEN_UP -> new SinkProgress(mark.last(), null, true);
      case EVENT, NOTE -> this;
    };
  }

  void write(DataOutput to) throws IOException {
    to.writeLong(sent);
    to.writeBoolean(givenUp);
    to.writeBoolean(sealed != null);
    if (sealed != null) {
      to.writeUTF(sealed.sink());
      to.writeLong(sealed.first());
      to.writeLong(sealed.last());
    }
  }

  static SinkProgress read(DataInput from) throws IOException {
    long sent = from.readLong();
    boolean givenUp = from.readBoolean();
    SinkMark sealed =
        from.readBoolean() ? new SinkMark(from.readUTF(), from.readLong(), from.readLong()) : null;
    return new SinkProgress(sent, sealed, givenUp);
  }
}
