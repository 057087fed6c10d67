// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import dev.monetize.usage.SoakFarSide.Happened;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A sink of a soak, with its own trouble. */
final class SoakSink implements UsageSink {

  /** What goes wrong with some batches. */
  enum Trouble {
    /** Nothing. */
    STEADY,
    /** One in 16 fails, before or after the far side has it. */
    FLAKY,
    /** One in 16 is refused for good, as long as nobody has it come again. */
    PARKING
  }

  private final Trouble trouble;
  private final SoakFarSide farSide;
  private final AtomicLong lives;
  private final Set<Long> seen = ConcurrentHashMap.newKeySet();

  /**
   * A sink.
   *
   * @param lives with how many batches delivered, but not yet said to be, the process dies
   */
  SoakSink(Trouble trouble, SoakFarSide farSide, AtomicLong lives) {
    this.trouble = trouble;
    this.farSide = farSide;
    this.lives = lives;
  }

  @Override
  public void deliver(UsageBatch batch) throws Rejected, IOException {
    boolean troubled = seen.add(batch.first()) && seen.size() % 16 == 5;
    switch (troubled ? trouble : Trouble.STEADY) {
      case PARKING -> refuse();
      case FLAKY -> fail(batch);
      case STEADY -> take(batch);
    }
  }

  private void take(UsageBatch batch) throws IOException {
    farSide.take(batch);
    if (lives.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(SoakProcess.DIED);
    }
  }

  private void refuse() throws Rejected, IOException {
    farSide.note(Happened.REFUSED);
    throw new Rejected("told to refuse it");
  }

  private void fail(UsageBatch batch) throws IOException {
    if (seen.size() % 32 == 5) {
      take(batch);
    }
    farSide.note(Happened.FAILED);
    throw new IOException("told to fail");
  }
}
