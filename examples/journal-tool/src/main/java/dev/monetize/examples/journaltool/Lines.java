// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.journaltool;

import dev.monetize.usage.JournalLook;
import dev.monetize.usage.RecordedEvent;
import java.io.IOException;
import java.io.Writer;

/** Prints what was asked for, a line each. */
final class Lines implements JournalLook.Viewer {

  private final Request request;
  private final Writer out;
  private final Progress progress;

  Lines(Request request, Writer out, Progress progress) {
    this.request = request;
    this.out = out;
    this.progress = progress;
  }

  @Override
  public void event(RecordedEvent recorded) throws IOException {
    progress.at(recorded);
    boolean wanted =
        request.command() != Request.Command.VERIFY
            && request.customer().map(recorded.event().customer()::equals).orElse(true);
    if (wanted) {
      out.append(recorded.toJson()).append('\n');
    }
  }

  @Override
  public void note(long sequence, byte[] note) throws IOException {
    if (request.command() == Request.Command.SHOW) {
      out.write("note " + sequence + ", " + note.length + " bytes\n");
    }
  }
}
