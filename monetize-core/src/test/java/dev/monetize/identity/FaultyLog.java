// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.io.IOException;

/** A file whose writes and syncs can be made to do something else. */
final class FaultyLog implements LogFile {

  /** What happens in place of a sync. */
  interface Sync {
    void on(LogFile log) throws IOException;
  }

  /** What happens in place of a write. */
  interface Append {
    void to(LogFile log, byte[] bytes) throws IOException;
  }

  private final LogFile real;
  private volatile Sync sync = LogFile::sync;
  private volatile Append append = LogFile::append;
  private volatile boolean cuts = true;

  FaultyLog(LogFile real) {
    this.real = real;
  }

  FaultyLog whereSync(Sync other) {
    sync = other;
    return this;
  }

  FaultyLog whereAppend(Append other) {
    append = other;
    return this;
  }

  FaultyLog whereCutFails() {
    cuts = false;
    return this;
  }

  FaultyLog healed() {
    sync = LogFile::sync;
    append = LogFile::append;
    cuts = true;
    return this;
  }

  @Override
  public void append(byte[] bytes) throws IOException {
    append.to(real, bytes);
  }

  @Override
  public void sync() throws IOException {
    sync.on(real);
  }

  @Override
  public void cut(long length) throws IOException {
    if (!cuts) {
      throw new IOException("cut failed");
    }
    real.cut(length);
  }

  @Override
  public void close() throws IOException {
    real.close();
  }
}
