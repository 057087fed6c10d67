// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.journaltool;

import dev.monetize.usage.JournalDamagedException;
import dev.monetize.usage.JournalGap;
import dev.monetize.usage.JournalLook;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Looks into a journal, that of a running app among them, and changes nothing:
 *
 * <pre>
 * java -jar monetize.jar journal verify monetize-data/journal
 * </pre>
 *
 * <p>What was asked for is printed to the standard output, all else to the standard error.
 */
public final class JournalTool {

  static final int DAMAGED = 1;
  static final int NOT_UNDERSTOOD = 2;
  static final int STOPPED = 3;

  private static final String USAGE =
      """
      usage: java -jar monetize.jar journal verify DIR
             java -jar monetize.jar journal show DIR
             java -jar monetize.jar journal export DIR [CUSTOMER]

      verify  reads and checks every record
      show    does the same, and prints all of them
      export  prints the events as JSON lines, of one customer or of all

      DIR is the directory "journal" in an app's data directory. Nothing in it is changed, and the
      app may be running. Ends with 0 if all was read, 1 if the journal is damaged, 2 if the command
      was not understood, 3 if DIR could not be read or the output not be written.
      """;

  private final Writer out;
  private final PrintStream err;

  private JournalTool(Writer out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    Writer out =
        new BufferedWriter(
            new OutputStreamWriter(
                new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8));
    System.exit(new JournalTool(out, System.err).run(List.of(args)));
  }

  private int run(List<String> args) {
    try {
      look(Request.of(args));
      out.flush();
      return 0;
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.print(USAGE);
      return NOT_UNDERSTOOD;
    } catch (JournalDamagedException e) {
      return ended(DAMAGED, e.getMessage() + ".\nRecords before the damage are good.");
    } catch (IOException e) {
      return ended(STOPPED, "stopped: " + e.getMessage());
    }
  }

  private void look(Request request) throws IOException {
    Progress progress = new Progress(err, System::nanoTime);
    JournalLook.Found found =
        new JournalLook(request.directory()).read(new Lines(request, out, progress));
    if (request.command() != Request.Command.EXPORT) {
      summary(found);
    }
    if (found.first() > 1) {
      err.println(
          "records before "
              + found.first()
              + " are no longer kept; what was asked for does not have them");
    }
  }

  private void summary(JournalLook.Found found) throws IOException {
    out.write("journal " + found.journal() + "\n");
    out.write(found.segments() + " segments, all records up to " + found.records() + " good\n");
    for (JournalGap gap : found.gaps()) {
      out.write(gap + " lost to damage, at most: it was gone on without\n");
    }
    if (found.torn() > 0) {
      out.write(
          found.torn()
              + " bytes behind them are no whole record: being written just now, or torn by a"
              + " stop, and then cut off at the next start\n");
    }
    for (Map.Entry<String, JournalLook.Sink> sink : found.sinks().entrySet()) {
      JournalLook.Sink stand = sink.getValue();
      out.write(
          "sink %s: has all up to %d%s, %d batches put aside\n"
              .formatted(
                  sink.getKey(),
                  stand.sent(),
                  stand.givenUp() ? ", given up" : "",
                  stand.parked()));
    }
  }

  /** Tells why it ended, behind what was printed. */
  private int ended(int code, String why) {
    try {
      out.flush();
    } catch (IOException e) {
      // that is why
    }
    err.println(why);
    return code;
  }
}
