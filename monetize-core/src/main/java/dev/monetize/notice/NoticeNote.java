// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What {@link GivenNotices} are kept as in the journal. */
final class NoticeNote {

  static final int GIVEN = 1;
  static final int DELIVERED = 2;
  static final int FORGOTTEN = 3;
  static final int TOLD = 4;
  private static final byte[] PREFIX = "notices\1".getBytes(StandardCharsets.US_ASCII);

  private NoticeNote() {}

  /** What a note says, from its kind on; null if it is somebody else's. */
  static @Nullable DataInput body(byte[] note) {
    int length = PREFIX.length;
    return note.length > length && Arrays.equals(note, 0, length, PREFIX, 0, length)
        ? new DataInputStream(new ByteArrayInputStream(note, length, note.length - length))
        : null;
  }

  static byte[] given(Notice notice, Collection<String> listeners) {
    return bytes(
        to -> {
          to.writeByte(GIVEN);
          NoticeCodec.write(notice, to);
          names(listeners, to);
        });
  }

  static byte[] delivered(String id, String listener) {
    return bytes(
        to -> {
          to.writeByte(DELIVERED);
          to.writeUTF(id);
          to.writeUTF(listener);
        });
  }

  static byte[] forgotten(String listener) {
    return bytes(
        to -> {
          to.writeByte(FORGOTTEN);
          to.writeUTF(listener);
        });
  }

  /**
   * That all has been told that was reached.
   *
   * @param ended whether by all events before this note, at a process's end
   */
  static byte[] told(boolean ended) {
    return bytes(
        to -> {
          to.writeByte(TOLD);
          to.writeBoolean(ended);
        });
  }

  private interface Body {
    void write(DataOutput to) throws IOException;
  }

  private static byte[] bytes(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    bytes.writeBytes(PREFIX);
    try {
      body.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return bytes.toByteArray();
  }

  static void names(Collection<String> names, DataOutput to) throws IOException {
    to.writeByte(names.size());
    for (String name : names) {
      to.writeUTF(name);
    }
  }

  static Set<String> names(DataInput from) throws IOException {
    Set<String> names = new TreeSet<>();
    for (int left = from.readByte(); left > 0; left--) {
      names.add(from.readUTF());
    }
    return names;
  }
}
