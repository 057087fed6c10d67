// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.customsink;

import dev.monetize.testkit.Fault;
import dev.monetize.testkit.Faults;
import dev.monetize.testkit.MemoryStorage;
import dev.monetize.testkit.UsageSinkContract;
import dev.monetize.usage.UsageSink;
import java.io.IOException;
import java.util.Random;

/** Counts each batch once, over restarts, failures of every call to the disk, and power cuts. */
class TotalsFileTest extends UsageSinkContract {

  private final MemoryStorage storage = new MemoryStorage();
  private final Random random = new Random(1);

  @Override
  protected UsageSink open() {
    return file();
  }

  @Override
  protected long counted(String customer, String meter) throws IOException {
    return file().units(customer, meter);
  }

  @Override
  protected boolean failAt(int call) {
    storage.fail(call == 0 ? Faults.none() : Faults.at(storage.calls() + call, Fault.IO_ERROR));
    return true;
  }

  @Override
  protected void powerCut() {
    storage.powerCut(random);
  }

  private TotalsFile file() {
    return new TotalsFile(storage, "totals.properties");
  }
}
