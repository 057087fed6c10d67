// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which notices were given, who has not got them yet, and of what use nobody may have been told;
 * read from the journal. Open the journal with it, then hand it to {@link Notices#start}.
 * Thread-safe.
 *
 * <p>An id is forgotten 400 days after its period's end, counted to the newest notice: later than
 * the ledger forgets the use. A period of which ids may have been forgotten is {@link #untold} no
 * more. What is left of a notice that all have got is its id, about 200 bytes.
 */
public final class GivenNotices implements JournalState {

  private static final String NAME = "notices";
  private static final int VERSION = 2;
  private static final long KEPT_SECONDS = Duration.ofDays(400).toSeconds();
  private static final int FEW = 1_000;

  private final Map<String, Given> all = new LinkedHashMap<>();
  private final UntoldEvents untold = new UntoldEvents();
  private long newest = Long.MIN_VALUE;
  private int cleanAt = FEW;

  /** One that was given: the notice is kept as long as someone is owed it. */
  private record Given(long ends, @Nullable Notice notice, Set<String> owed) {
    Given without(String listener) {
      return owed.remove(listener) && owed.isEmpty() ? new Given(ends, null, owed) : this;
    }
  }

  /** None. */
  public GivenNotices() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public JournalState fresh() {
    return new GivenNotices();
  }

  @Override
  public synchronized void event(long sequence, UsageEvent event) {
    untold.event(event.timeNanos());
  }

  @Override
  public void note(long sequence, byte[] note) {
    DataInput body = NoticeNote.body(note);
    if (body != null) {
      try {
        take(body);
      } catch (IOException e) {
        throw new UncheckedIOException("note " + sequence + " is none that this version reads", e);
      }
    }
  }

  private void take(DataInput note) throws IOException {
    int kind = note.readByte();
    if (kind == NoticeNote.GIVEN) {
      Notice notice = NoticeCodec.read(note);
      given(notice, NoticeNote.names(note));
    } else if (kind == NoticeNote.DELIVERED) {
      String id = note.readUTF();
      delivered(id, note.readUTF());
    } else if (kind == NoticeNote.FORGOTTEN) {
      forgotten(note.readUTF());
    } else if (kind == NoticeNote.TOLD) {
      told(note.readBoolean());
    } else {
      throw new IOException("note of kind " + kind + " is of a later version");
    }
  }

  /** The same notice a second time changes nothing. */
  synchronized void given(Notice notice, Collection<String> listeners) {
    Set<String> owed = new TreeSet<>(listeners);
    Notice kept = owed.isEmpty() ? null : notice;
    all.putIfAbsent(notice.id(), new Given(notice.ends().getEpochSecond(), kept, owed));
    newest = Math.max(newest, notice.at().getEpochSecond());
    if (all.size() > cleanAt) {
      clean();
      cleanAt = FEW + 2 * all.size();
    }
  }

  synchronized void delivered(String id, String listener) {
    all.computeIfPresent(id, (same, given) -> given.without(listener));
  }

  /** A listener is owed nothing any more. */
  synchronized void forgotten(String listener) {
    all.replaceAll((id, given) -> given.without(listener));
  }

  private synchronized void told(boolean ended) {
    untold.told(ended);
  }

  /**
   * When that use was of which something may not have been told when the journal was opened. A
   * window that ended after its first moment has all its ids here, if they were given.
   */
  synchronized Optional<Untold> untold() {
    boolean any = newest != Long.MIN_VALUE;
    return untold.since(any ? Instant.ofEpochSecond(newest - KEPT_SECONDS) : Instant.MIN);
  }

  synchronized boolean has(String id) {
    return all.containsKey(id);
  }

  /** What a listener has not got, oldest first. */
  synchronized List<Notice> owedTo(String listener) {
    List<Notice> notices = new ArrayList<>();
    for (Given given : all.values()) {
      if (given.notice != null && given.owed.contains(listener)) {
        notices.add(given.notice);
      }
    }
    return notices;
  }

  /** Listeners that are owed something. */
  synchronized Set<String> creditors() {
    Set<String> names = new TreeSet<>();
    all.values().forEach(given -> names.addAll(given.owed));
    return names;
  }

  private void clean() {
    all.values().removeIf(given -> given.ends < newest - KEPT_SECONDS);
  }

  @Override
  public synchronized void write(DataOutput to) throws IOException {
    clean();
    to.writeByte(VERSION);
    untold.write(to);
    to.writeLong(newest);
    to.writeInt(all.size());
    for (Map.Entry<String, Given> entry : all.entrySet()) {
      to.writeUTF(entry.getKey());
      to.writeLong(entry.getValue().ends);
      NoticeNote.names(entry.getValue().owed, to);
      Notice notice = entry.getValue().notice;
      if (notice != null) {
        NoticeCodec.write(notice, to);
      }
    }
  }

  @Override
  public synchronized void read(DataInput from) throws IOException {
    int version = from.readByte();
    if (version < 1 || version > VERSION) {
      throw new IOException("notices of layout " + version + " are of a later version");
    }
    if (version > 1) {
      untold.read(from);
    }
    newest = from.readLong();
    for (int left = from.readInt(); left > 0; left--) {
      String id = from.readUTF();
      long ends = from.readLong();
      Set<String> owed = NoticeNote.names(from);
      all.put(id, new Given(ends, owed.isEmpty() ? null : NoticeCodec.read(from), owed));
    }
  }
}
