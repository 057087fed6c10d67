// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The account file as a log: appended to, synced, now and then written anew. Not thread-safe.
 *
 * <p>After a failed write the tail is cut back, and all goes on. After a failed sync, nobody can
 * tell what the disk holds and a second sync may lie: the log takes no more until it is reopened.
 */
final class AccountLog {

  private static final Logger LOG = LoggerFactory.getLogger(AccountLog.class);

  private final Path file;
  private final LogFile.Opener opener;
  private Extent extent;
  private @Nullable IOException failure;

  /** An open file with its size in bytes and lines. */
  private record Extent(LogFile out, long length, long lines) {

    Extent append(byte[] line) throws IOException {
      out.append(line);
      return new Extent(out, length + line.length, lines + 1);
    }
  }

  private AccountLog(Path file, LogFile.Opener opener, Extent extent) {
    this.file = file;
    this.opener = opener;
    this.extent = extent;
  }

  static AccountLog open(Path file, LogFile.Opener opener, Consumer<Entry> entries)
      throws IOException {
    if (!Files.exists(file)) {
      draft(file, opener, Collections.emptyIterator()).out().close();
      Files.move(draftOf(file), file, StandardCopyOption.ATOMIC_MOVE);
      PrivateFiles.syncNameOf(file);
    }
    AccountRecovery found = AccountRecovery.read(file, entries);
    LogFile out = opener.open(file);
    try {
      if (found.torn().length > 0) {
        cutTorn(file, out, found);
      }
      return new AccountLog(file, opener, new Extent(out, found.length(), found.lines()));
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  private static void cutTorn(Path file, LogFile out, AccountRecovery found) throws IOException {
    Path kept = file.resolveSibling(file.getFileName() + ".torn");
    PrivateFiles.append(kept, found.torn());
    out.cut(found.length());
    out.sync();
    LOG.warn(
        "{}:{} was cut off by a crash, or is damaged: its {} bytes were moved to {}. Check that the"
            + " last change to an account is there",
        file,
        found.lines() + 1,
        found.torn().length,
        kept);
  }

  /** Lines in the file, the header among them. */
  long lines() {
    return extent.lines();
  }

  /**
   * Adds an entry; durable when it returns.
   *
   * @throws IOException if it couldn't be; if it was the sync that failed, it may be there after a
   *     restart nevertheless
   * @throws IllegalStateException if an earlier failure left the end of the file in doubt
   */
  void append(Entry entry) throws IOException {
    refuseAfterFailure();
    byte[] line = AccountLine.of(extent.lines(), entry);
    Extent longer;
    try {
      longer = extent.append(line);
    } catch (IOException e) {
      cutBack(e);
      throw e;
    }
    try {
      longer.out().sync();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
    extent = longer;
  }

  private void refuseAfterFailure() {
    if (failure != null) {
      throw new IllegalStateException(
          file + " takes no more changes since a write failed: check the disk, then restart",
          failure);
    }
  }

  private void cutBack(IOException why) {
    try {
      extent.out().cut(extent.length());
    } catch (IOException e) {
      why.addSuppressed(e);
      failure = why;
    }
  }

  /** Writes the file anew, with these entries. When it throws, the old file is whole and in use. */
  void rewrite(Iterator<Entry> entries) throws IOException {
    refuseAfterFailure();
    Extent draft = draft(file, opener, entries);
    try {
      Files.move(draftOf(file), file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      draft.out().close();
      throw e;
    }
    LogFile old = extent.out();
    extent = draft;
    try {
      PrivateFiles.syncNameOf(file);
    } catch (IOException e) {
      failure = e; // a crash would leave either file, and only one of them is appended to
      throw e;
    } finally {
      old.close();
    }
  }

  /** A whole, synced file beside the real one, to be moved to its place. */
  private static Extent draft(Path file, LogFile.Opener opener, Iterator<Entry> entries)
      throws IOException {
    Files.deleteIfExists(draftOf(file)); // of a start that was cut off
    PrivateFiles.create(draftOf(file));
    LogFile out = opener.open(draftOf(file));
    try {
      Extent extent = new Extent(out, 0, 0).append(AccountLine.header());
      while (entries.hasNext()) {
        extent = extent.append(AccountLine.of(extent.lines(), entries.next()));
      }
      out.sync();
      return extent;
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  private static Path draftOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  void close() throws IOException {
    extent.out().close();
  }
}
