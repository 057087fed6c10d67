// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A log of notes that outlives the engine in a test, and can die. Thread-safe. */
final class NoteFile implements NoticeLog {

  private final List<byte[]> notes = new ArrayList<>();
  private int left = Integer.MAX_VALUE;
  private boolean lastLands;
  private boolean refuses;

  /** From now on so many notes are taken; the one behind them may land, but nobody hears of it. */
  synchronized void dieAfter(int count, boolean lastLands) {
    this.left = count;
    this.lastLands = lastLands;
  }

  synchronized void refuse(boolean refuses) {
    this.refuses = refuses;
  }

  synchronized void revive() {
    left = Integer.MAX_VALUE;
  }

  @Override
  public synchronized boolean write(byte[] note) throws InterruptedException {
    if (refuses) {
      return false;
    }
    if (left-- <= 0) {
      if (left == -1 && lastLands) {
        notes.add(note);
      }
      throw new InterruptedException("the process died");
    }
    notes.add(note);
    return true;
  }

  synchronized List<byte[]> notes() {
    return List.copyOf(notes);
  }

  /** Of each note that all was told, whether it is of a process's end. */
  synchronized List<Boolean> told() {
    List<Boolean> told = new ArrayList<>();
    for (byte[] note : notes) {
      boolean ended = Arrays.equals(note, NoticeNote.told(true));
      if (ended || Arrays.equals(note, NoticeNote.told(false))) {
        told.add(ended);
      }
    }
    return told;
  }

  /** What a restart reads; now and then through a checkpoint. */
  synchronized GivenNotices read() {
    GivenNotices given = new GivenNotices();
    for (int i = 0; i < notes.size(); i++) {
      given.note(i + 1, notes.get(i));
    }
    return given;
  }
}
