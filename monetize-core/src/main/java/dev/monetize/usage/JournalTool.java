// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a journal from the command line, that of a running app among them; changes nothing:
 *
 * <pre>
 * java -jar monetize-core.jar journal verify DIR   checks every record
 *
 * java -cp 'lib/*' dev.monetize.usage.JournalTool journal show DIR               prints all
 * java -cp 'lib/*' dev.monetize.usage.JournalTool journal export DIR [CUSTOMER]  as JSON lines
 * </pre>
 *
 * <p>The latter two need Jackson on the class path, as it is among an app's jars.
 *
 * <p>DIR is the {@code journal} in the data directory. Ends with 0, with 1 if the journal is
 * damaged or cannot be read, and with 2 if it was not understood.
 */
public final class JournalTool {

  private static final String USAGE =
      """
      usage: java -jar monetize-core.jar journal verify DIR
             java -cp 'lib/*' dev.monetize.usage.JournalTool journal show DIR
             java -cp 'lib/*' dev.monetize.usage.JournalTool journal export DIR [CUSTOMER]
      lib holds the app's jars, Jackson among them.
      DIR is the directory "journal" in an app's data directory. Nothing in it is changed.
      """;

  private final Writer out;

  private JournalTool(Writer out) {
    this.out = out;
  }

  public static void main(String[] args) throws IOException {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) throws IOException {
    boolean isKnown =
        args.size() >= 3
            && args.get(0).equals("journal")
            && (args.size() == 3 || (args.size() == 4 && args.get(1).equals("export")));
    if (!isKnown || !List.of("verify", "show", "export").contains(args.get(1))) {
      err.print(USAGE);
      return 2;
    }
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    try {
      new JournalTool(writer).run(args);
      return 0;
    } catch (JournalDamagedException e) {
      err.println("damaged: " + e.getMessage());
      return 1;
    } catch (NoClassDefFoundError e) {
      err.println("Jackson is not on the class path.");
      err.print(USAGE);
      return 2;
    } catch (IOException | UncheckedIOException e) {
      err.println("cannot be read: " + e.getMessage());
      return 1;
    } finally {
      writer.flush();
    }
  }

  private void run(List<String> args) throws IOException {
    JournalLook look = new JournalLook(Path.of(args.get(2)));
    switch (args.get(1)) {
      case "verify" -> summary(look.read(new Lines(null, false, false)));
      case "show" -> summary(look.read(new Lines(null, true, true)));
      default -> look.read(new Lines(args.size() == 4 ? args.get(3) : null, true, false));
    }
  }

  private void summary(JournalLook.Found found) throws IOException {
    out.write("journal " + found.journal() + "\n");
    out.write(
        found.segments() + " segments, records up to " + found.records() + ", all readable\n");
    for (JournalGap gap : found.gaps()) {
      out.write(gap + " lost to damage, at most: it was gone on without\n");
    }
    if (found.torn() > 0) {
      out.write(found.torn() + " bytes at the end were being written; a start cuts them off\n");
    }
    for (var sink : new TreeMap<>(found.sinks()).entrySet()) {
      SinkProgress progress = sink.getValue();
      out.write(
          "sink %s: sent up to %d%s, %d batches put aside%n"
              .formatted(
                  sink.getKey(),
                  progress.sent(),
                  progress.givenUp() ? ", given up" : "",
                  progress.parked().size()));
    }
  }

  /** Writes what it is given, a line each. */
  private final class Lines implements JournalLook.Viewer {

    private final @Nullable String customer;
    private final boolean events;
    private final boolean notes;
    private @Nullable EventExport export;

    Lines(@Nullable String customer, boolean events, boolean notes) {
      this.customer = customer;
      this.events = events;
      this.notes = notes;
    }

    @Override
    public void event(RecordedEvent recorded) throws IOException {
      if (events && (customer == null || customer.equals(recorded.event().customer()))) {
        if (export == null) {
          export = new JsonLinesExport(out);
        }
        export.event(recorded);
      }
    }

    @Override
    public void note(long sequence, byte[] note) throws IOException {
      if (notes) {
        out.write("note " + sequence + ", " + note.length + " bytes\n");
      }
    }
  }
}
