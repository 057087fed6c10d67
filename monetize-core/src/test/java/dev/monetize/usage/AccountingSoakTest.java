// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.SoakFarSide.Happened;
import dev.monetize.usage.SoakRound.End;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was appended is what was sealed, what sinks were sent, and what the ledger says, to the
 * unit: over processes that end, are killed, or die when a batch has arrived and nobody knows yet.
 */
class AccountingSoakTest {

  private static final long SEED = Long.getLong("monetize.test.seed", 20261121);
  private static final long EVENTS = Long.getLong("monetize.test.soakEvents", 100_000_000);
  private static final long FEW = 300_000;
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final End[] ENDS = {End.CLOSED, End.KILLED, End.DEAD};

  @TempDir private Path directory;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final long began = System.nanoTime();
  private long printed = began;
  private int clean;
  private int killed;
  private int died;
  private int opened;

  @Test
  void books_agree() throws Exception {
    run(FEW, FEW / 4, 3);
  }

  @Test
  @Tag("soak")
  void books_agree_overManyEvents() throws Exception {
    run(EVENTS, EVENTS / 24, 48);
  }

  private void run(long count, long perProcess, int processes) throws Exception {
    Instant start = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofDays(2));
    SoakEvents events =
        new SoakEvents(SEED, start.getEpochSecond() * 1_000_000_000L, count / SoakEvents.WRITERS);
    SoakAudit audit = new SoakAudit(directory, events);
    audit.run(acknowledged(), false);
    boolean last = false;
    for (int number = 1; !last; number++) {
      last = number == processes || count - audit.journal().events <= perProcess;
      long more = last ? count : perProcess / SoakEvents.WRITERS;
      End end = last ? End.DRAINED : ENDS[number % ENDS.length];
      boolean ended = process(number, more, end, events, audit.next());
      audit.run(acknowledged(), ended);
    }
    assertThat(List.of(clean, killed, died)).as("seed %d", SEED).doesNotContain(0);
    compare(events, audit);
  }

  /** Runs a process; whether it ended cleanly. */
  private boolean process(int number, long more, End end, SoakEvents events, List<Long> next)
      throws Exception {
    int opens = 1 + random.nextInt(5);
    long batches = Math.max(2, SoakEvents.WRITERS * more / events.batch());
    long lives = end == End.DEAD ? 1 + random.nextLong(batches) : Long.MAX_VALUE;
    long enough = end == End.KILLED ? random.nextLong(SoakEvents.WRITERS * more) : Long.MAX_VALUE;
    Process process = start(new SoakRound(directory, events, next, more, opens, lives, end));
    int status = follow(process, number, enough);
    opened += opens;
    clean += status == 0 ? 1 : 0;
    killed += status == 137 ? 1 : 0;
    died += status == SoakProcess.DIED ? 1 : 0;
    assertThat(status).as("seed %d, process %d", SEED, number).isIn(0, 137, SoakProcess.DIED);
    return status == 0;
  }

  private int follow(Process process, int number, long enough) throws Exception {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (System.nanoTime() - printed > LINE_NANOS) {
          printed = System.nanoTime();
          System.out.printf("%4d s, process %d: %s%n", seconds(), number, line);
        }
        if (Long.parseLong(line.split("[ ,]")[1]) >= enough) {
          process.toHandle().destroyForcibly(); // leaves the stream open
        }
      }
    }
    return process.waitFor();
  }

  private long seconds() {
    return (System.nanoTime() - began) / 1_000_000_000L;
  }

  private static Process start(SoakRound round) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(SoakProcess.class.getName());
    command.addAll(round.arguments());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private long[] acknowledged() throws IOException {
    long[] numbers = new long[SoakEvents.WRITERS];
    Path file = directory.resolve(SoakProcess.ACKNOWLEDGED);
    if (Files.exists(file)) {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      for (int writer = 0; writer < numbers.length; writer++) {
        numbers[writer] = bytes.getLong(64 * writer);
      }
    }
    return numbers;
  }

  private void compare(SoakEvents events, SoakAudit audit) throws IOException {
    SoakTally journal = audit.journal();
    SoakTally ledger = ledger();
    System.out.printf(
        "soak: %,d events in %d s, seed %d; %d processes ended, %d were killed, %d died between a"
            + " delivery and its mark; up to %d openings%n",
        journal.events, seconds(), SEED, clean, killed, died, opened);
    assertThat(journal).isEqualTo(appended(events));
    for (SoakSink.Trouble trouble : SoakSink.Trouble.values()) {
      String name = SoakProcess.name(trouble);
      SoakAudit.Books books = audit.books(name);
      SoakFarSide sent = SoakFarSide.open(directory.resolve(name));
      print(name, journal, books, sent, ledger);
      assertThat(books.sealed).as("sealed for %s", name).isEqualTo(journal);
      assertThat(books.sent).as("marked as sent to %s", name).isEqualTo(journal);
      assertThat(sent.tally()).as("counted by %s", name).isEqualTo(journal);
      assertThat(books.open).isEmpty();
    }
    assertThat(happened("flaky", Happened.FAILED)).isPositive();
    assertThat(happened("parking", Happened.REFUSED)).isPositive();
    assertThat(
            happened("steady", Happened.KNOWN)
                + happened("flaky", Happened.KNOWN)
                + happened("parking", Happened.KNOWN))
        .isPositive();
    assertThat(ledger).isEqualTo(journal);
  }

  private long happened(String sink, Happened what) throws IOException {
    return SoakFarSide.open(directory.resolve(sink)).happened(what);
  }

  private static void print(
      String sink, SoakTally journal, SoakAudit.Books books, SoakFarSide sent, SoakTally ledger) {
    System.out.printf(
        "%s: journal = sealed = sent = ledger, events %,d = %,d = %,d = %,d, units %,d = %,d = %,d"
            + " = %,d; %,d batches, %,d failures, %,d parked, %,d known already%n",
        sink,
        journal.events,
        books.sealed.events,
        sent.tally().events,
        ledger.events,
        journal.sum(),
        books.sealed.sum(),
        sent.tally().sum(),
        ledger.sum(),
        books.batches,
        sent.happened(Happened.FAILED),
        books.parked,
        sent.happened(Happened.KNOWN));
  }

  /** What the writers were to append, without any journal. */
  private static SoakTally appended(SoakEvents events) {
    SoakTally all = new SoakTally();
    for (int writer = 0; writer < SoakEvents.WRITERS; writer++) {
      for (long number = 0; number < events.each(); number++) {
        all.add(events.event(writer, number));
      }
    }
    return all;
  }

  /** What the ledger says after a restart, by customer and meter. */
  private SoakTally ledger() throws IOException {
    Ledger ledger = new Ledger(InstantSource.system());
    SoakProcess.open(directory, ledger).close();
    SoakTally tally = new SoakTally();
    for (int customer = 0; customer < SoakEvents.CUSTOMERS; customer++) {
      String id = SoakEvents.customer(customer);
      for (int meter = 0; meter < SoakEvents.METERS.size(); meter++) {
        tally.units[SoakTally.cell(customer, meter)] =
            ledger.units(id, SoakEvents.METERS.get(meter), Instant.EPOCH, Instant.now());
      }
      tally.events += ledger.used(id, "", SoakEvents.WINDOW);
    }
    return tally;
  }
}
