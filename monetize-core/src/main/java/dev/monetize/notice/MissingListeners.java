// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.io.IOException;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listeners that were owed notices when the journal was opened, and are not there. While they are
 * missing nothing more is kept for them. Thread-safe.
 */
public final class MissingListeners {

  private static final Logger log = LoggerFactory.getLogger(Notices.class);

  private final GivenNotices given;
  private final Set<String> names;
  private final NoticeLog notes;

  /**
   * Those that are missing.
   *
   * @param given read from the journal, up to its end
   * @param present names of the listeners that are there; none where nothing is told
   */
  public MissingListeners(GivenNotices given, Set<String> present, NoticeLog notes) {
    this.given = Objects.requireNonNull(given, "given");
    this.names = new ConcurrentSkipListSet<>(given.creditors());
    names.removeAll(present);
    this.notes = Objects.requireNonNull(notes, "notes");
    names.forEach(
        name ->
            log.warn(
                "notice listener \"{}\" is not there, but is owed {} notices. It gets them when it"
                    + " comes back; forget(\"{}\") gives it up",
                name,
                given.owedTo(name).size(),
                name));
  }

  /** Their names. */
  public Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  /**
   * Gives up a listener that is no longer there: what it has not been told, it never will be.
   * Returns when that is durable.
   *
   * @throws IllegalArgumentException if it is there, or is owed nothing
   * @throws IOException if it could not be written down
   */
  public void forget(String listener) throws IOException, InterruptedException {
    if (!names.contains(listener)) {
      throw new IllegalArgumentException(
          "only a missing listener can be forgotten, one of %s, got \"%s\""
              .formatted(names, listener));
    }
    if (!notes.write(NoticeNote.forgotten(listener))) {
      throw new IOException("the log takes nothing just now");
    }
    given.forgotten(listener);
    names.remove(listener);
  }
}
