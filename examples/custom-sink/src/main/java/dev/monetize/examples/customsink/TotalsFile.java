// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.customsink;

import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageSink;
import dev.monetize.usage.UsageTotal;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/**
 * Sums up what each customer used of each meter, in a file, and prints what is new.
 *
 * <p>Batches come in order, and after a failure the last one may come again. So the file holds,
 * with the sums, the id of the batch that they reach, and both are replaced in one step. A table in
 * a database would do the same in one transaction.
 */
final class TotalsFile implements UsageSink {

  private static final String BATCH = "batch";

  private final Path file;

  TotalsFile(Path file) {
    this.file = file;
  }

  @Override
  public void deliver(UsageBatch batch) throws IOException {
    Properties sums = sums();
    if (batch.id().equals(sums.getProperty(BATCH))) {
      return;
    }
    for (UsageTotal total : batch.totals()) {
      String name = total.customer() + " " + total.meter();
      long sum = Math.addExact(sum(sums, name), total.units());
      sums.setProperty(name, Long.toString(sum));
      System.out.println("used " + name + " +" + total.units() + " = " + sum);
    }
    sums.setProperty(BATCH, batch.id());
    replace(sums);
  }

  /** Units of a meter that a customer has used so far. */
  long units(String customer, String meter) throws IOException {
    return sum(sums(), customer + " " + meter);
  }

  private static long sum(Properties sums, String name) {
    return Long.parseLong(sums.getProperty(name, "0"));
  }

  private Properties sums() throws IOException {
    Properties sums = new Properties();
    if (Files.exists(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        sums.load(in);
      }
    }
    return sums;
  }

  private void replace(Properties sums) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (Writer out = Files.newBufferedWriter(next)) {
      sums.store(out, null);
    }
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
