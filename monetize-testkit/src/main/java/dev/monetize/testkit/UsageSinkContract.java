// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageSink;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What every {@link UsageSink} must do: count each batch once, however often it comes, and whatever
 * happened to the tries before. Extend it, and say how your sink is opened and what its far side
 * has counted; where that can be made to fail, override {@link #failAt} too:
 *
 * <pre>{@code
 * class WarehouseSinkTest extends UsageSinkContract {
 *   private final Warehouse warehouse = new Warehouse();
 *
 *   @Override
 *   protected UsageSink open() {
 *     return new WarehouseSink(warehouse);
 *   }
 *
 *   @Override
 *   protected long counted(String customer, String meter) {
 *     return warehouse.sum(customer, meter);
 *   }
 * }
 * }</pre>
 *
 * JUnit makes an instance for each test; the far side must be empty in each.
 */
public abstract class UsageSinkContract {

  private static final UUID JOURNAL = UUID.fromString("6f1c2b0a-7c55-4f0e-9a53-3a1d2c4b5e6f");
  private static final UUID OTHER_JOURNAL = UUID.fromString("0b9d7f3e-1f4d-4a7b-8f7e-2d6c5b4a3928");

  /** What a power cut takes is chance. */
  private static final int ROUNDS = 8;

  private static final long TIME = 1_795_176_000_000_000_000L;

  /** For subclasses. */
  protected UsageSinkContract() {}

  /**
   * The sink, on a far side that keeps what it has: called again it is the sink after a restart.
   */
  protected abstract UsageSink open() throws Exception;

  /** Units that the far side has counted for a customer in a meter, 0 if none. */
  protected abstract long counted(String customer, String meter) throws Exception;

  /**
   * Has the n-th call fail that the sink makes to its far side from now on: a write, a request, a
   * statement. {@link MemoryStorage} does so for a sink that writes files.
   *
   * @param call from 1 on; 0: none fails any more
   * @return false, the default, if nothing can be made to fail: then that is not tested
   */
  protected boolean failAt(int call) {
    return false;
  }

  /** Takes from the far side what a power cut may take. Nothing, by default. */
  protected void powerCut() {}

  @Test
  void batch_isCounted() throws Exception {
    open().deliver(batch(JOURNAL, 1, "acme", "acme", "beta"));

    assertThat(counted("acme", "calls")).isEqualTo(2);
    assertThat(counted("acme", "tokens")).isEqualTo(20);
    assertThat(counted("beta", "calls")).isEqualTo(1);
    assertThat(counted("nobody", "calls")).isZero();
  }

  @Test
  void sameBatchTwice_isCountedOnce() throws Exception {
    UsageSink sink = open();
    sink.deliver(batch(JOURNAL, 1, "acme", "beta"));
    sink.deliver(batch(JOURNAL, 1, "acme", "beta"));

    assertThat(counted("acme", "tokens")).isEqualTo(10);
  }

  @Test
  void sameBatchAfterARestart_isCountedOnce() throws Exception {
    open().deliver(batch(JOURNAL, 1, "acme", "beta"));
    UsageSink restarted = open();
    restarted.deliver(batch(JOURNAL, 1, "acme", "beta"));
    restarted.deliver(batch(JOURNAL, 3, "acme"));

    assertThat(counted("acme", "calls")).isEqualTo(2);
    assertThat(counted("beta", "calls")).isEqualTo(1);
  }

  @Test
  void batchesThatFollow_addUp_thoughTheirEventsAreEqual() throws Exception {
    UsageSink sink = open();
    sink.deliver(batch(JOURNAL, 1, "acme"));
    sink.deliver(batch(JOURNAL, 2, "acme"));
    sink.deliver(batch(OTHER_JOURNAL, 1, "acme"));

    assertThat(counted("acme", "calls")).isEqualTo(3);
  }

  @Test
  void deliveryThatFailedAtAnyCall_comesAgain_andIsCountedOnce() throws Exception {
    assumeTrue(failAt(0), "the far side cannot be made to fail");
    int delivered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      delivered = failEachCall(delivered);
    }
    assertThat(delivered).as("deliveries of which a call failed").isGreaterThan(ROUNDS);
  }

  private int failEachCall(int before) throws Exception {
    int delivered = before;
    boolean failed = true;
    while (failed) {
      UsageSink sink = open();
      UsageBatch batch = batch(JOURNAL, delivered + 1, "acme");
      failAt(delivered - before + 1);
      failed = fails(sink, batch);
      failAt(0);
      if (failed) {
        (delivered % 2 == 0 ? sink : open()).deliver(batch);
      }
      powerCut();
      delivered++;
      assertThat(counted("acme", "calls"))
          .as("batches counted after call %d failed, and a power cut", delivered - before)
          .isEqualTo(delivered);
    }
    return delivered;
  }

  @Test
  void deliveryThatIsInterrupted_comesAgain_andIsCountedOnce() throws Exception {
    UsageSink sink = open();
    UsageBatch batch = batch(JOURNAL, 1, "acme");
    Thread.currentThread().interrupt(); // as the end of the app does to one that takes long
    try {
      fails(sink, batch);
    } finally {
      Thread.interrupted();
    }
    sink.deliver(batch);
    sink.deliver(batch(JOURNAL, 2, "acme"));

    assertThat(counted("acme", "calls")).isEqualTo(2);
  }

  private static boolean fails(UsageSink sink, UsageBatch batch) {
    try {
      sink.deliver(batch);
      return false;
    } catch (Exception e) {
      return true;
    }
  }

  private static UsageBatch batch(UUID journal, long first, String... customers) {
    List<RecordedEvent> events = new ArrayList<>();
    for (String customer : customers) {
      events.add(new RecordedEvent(journal, first + events.size(), event(customer)));
    }
    return new UsageBatch(journal, "contract", events);
  }

  private static UsageEvent event(String customer) {
    return new UsageEvent(
        TIME,
        TIME + 5_000_000,
        customer,
        "key_1",
        "pro",
        "/v1/reports/{id}",
        200,
        false,
        List.of(new Measure("calls", 1), new Measure("tokens", 10)),
        List.of());
  }
}
