// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.customsink;

import dev.monetize.testkit.UsageSinkContract;
import dev.monetize.usage.UsageSink;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Counts each batch once, however often it comes. */
class TotalsFileTest extends UsageSinkContract {

  @TempDir Path directory;

  @Override
  protected UsageSink open() {
    return new TotalsFile(file());
  }

  @Override
  protected long counted(String customer, String meter) throws IOException {
    return new TotalsFile(file()).units(customer, meter);
  }

  private Path file() {
    return directory.resolve("totals.properties");
  }
}
