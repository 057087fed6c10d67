// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.customsink;

import dev.monetize.usage.JournalFile;
import dev.monetize.usage.JournalStorage;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageSink;
import dev.monetize.usage.UsageTotal;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * Sums up what each customer used of each meter, in a file, and prints what is new.
 *
 * <p>Batches come in order, and after a failure the last one may come again. So the file holds,
 * with the sums, the id of the batch that they reach, and both are replaced in one step. A table in
 * a database would do the same in one transaction. Returning means that the batch is safe, from a
 * power cut too; so the storage, which a test can have fail, forces what is written, and its name.
 */
final class TotalsFile implements UsageSink {

  private static final String BATCH = "batch";

  private final JournalStorage storage;
  private final String file;

  TotalsFile(JournalStorage storage, String file) {
    this.storage = storage;
    this.file = file;
  }

  @Override
  public void deliver(UsageBatch batch) throws IOException {
    Properties sums = sums();
    if (batch.id().equals(sums.getProperty(BATCH))) {
      storage.sync(); // which may be what failed the last time
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
    if (storage.names().contains(file)) {
      try (JournalFile in = storage.openToRead(file)) {
        sums.load(new StringReader(StandardCharsets.UTF_8.decode(in.buffer()).toString()));
      }
    }
    return sums;
  }

  private void replace(Properties sums) throws IOException {
    String next = file + ".next";
    storage.write(next, to -> sums.store(new OutputStreamWriter(to, StandardCharsets.UTF_8), null));
    storage.rename(next, file);
    storage.sync();
  }
}
