// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what was given and delivered: what it remembers is durable. Thread-safe. */
final class NoticeBook {

  private static final Logger log = LoggerFactory.getLogger(Notices.class);

  private final GivenNotices given;
  private final NoticeLog notes;

  NoticeBook(GivenNotices given, NoticeLog notes) {
    this.given = Objects.requireNonNull(given, "given");
    this.notes = Objects.requireNonNull(notes, "notes");
  }

  GivenNotices given() {
    return given;
  }

  /**
   * Writes down that a notice was given; whether that is so now.
   *
   * @param note its {@link NoticeNote#given}
   */
  boolean give(Notice notice, byte[] note, Set<String> listeners) throws InterruptedException {
    boolean written = written(note, notice.id());
    if (written) {
      given.given(notice, listeners);
    }
    return written;
  }

  /** Writes down that a notice arrived; if that fails, it comes again after a restart. */
  void delivered(Notice notice, String listener) {
    try {
      if (written(NoticeNote.delivered(notice.id(), listener), notice.id())) {
        given.delivered(notice.id(), listener);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes down that all has been told; if that fails, it is looked at again after a restart. */
  boolean told(boolean ended) throws InterruptedException {
    return written(NoticeNote.told(ended), "all that was told");
  }

  private boolean written(byte[] note, String of) throws InterruptedException {
    try {
      return notes.write(note);
    } catch (IOException | RuntimeException e) {
      log.warn("a note of {} could not be written", of, e);
      return false;
    }
  }
}
