// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.Direction;
import dev.monetize.testkit.FaultProxy;
import dev.monetize.testkit.FreePorts;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageSink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/**
 * Histories of several instances, which append, ship and make checkpoints while they are killed,
 * connections break and the server is killed: in the end journal, ledgers and sink agree to the
 * unit. For longer runs: {@code -Dmonetize.steps=10000}.
 */
class JournalHistoriesTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());
  private static final int STEPS = Integer.getInteger("monetize.steps", 200);
  private static final Duration LONG = Duration.ofSeconds(30);

  /**
   * It writes before it answers. With {@code everysec} it may answer first while the disk is slow,
   * up to two seconds.
   */
  private static final List<String> KEEPS =
      List.of("save \"\"", "appendonly yes", "appendfsync no");

  private static final List<String> CUSTOMERS = List.of("ann", "bob", "cid");

  static {
    System.out.println("JournalHistoriesTest: -Dmonetize.seed=" + SEED);
  }

  private final Random random = new Random(SEED);
  private final TestNodes nodes = new TestNodes("histories");
  private final int port = FreePorts.next();
  private TestNode server = nodes.start(port, KEEPS).awaitReady();
  private final List<Running> living = new ArrayList<>();

  /** What was appended, by the customer and a number of its own, and what the answer was. */
  private final Map<Integer, Sent> sent = new TreeMap<>();

  private final Map<String, UsageBatch> delivered = new ConcurrentHashMap<>();
  private final Set<String> differing = ConcurrentHashMap.newKeySet();
  private int numbers;

  private record Sent(String customer, long answer, Running by) {}

  /** An instance, with a network of its own. */
  private final class Running implements AutoCloseable {

    private final FaultProxy proxy = FaultProxy.to("127.0.0.1", port);
    private final RedisClient redis =
        RedisClient.builder()
            .hostAndPort(new HostAndPort("127.0.0.1", proxy.port()))
            .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(300).build())
            .build();
    private final JournalInstance instance =
        JournalInstance.open(
            redis,
            settings -> settings.patience(Duration.ofMillis(20)).tolerance(Duration.ofSeconds(10)));
    private boolean killed;

    Running() {
      instance.ship("files", sink(random.nextLong()));
    }

    void append() {
      int number = ++numbers;
      String customer = CUSTOMERS.get(random.nextInt(3));
      long answer = instance.journal.append(instance.event(customer, number));
      sent.put(number, new Sent(customer, answer, this));
    }

    void kill() {
      killed = true;
      instance.kill();
      close();
    }

    @Override
    public void close() {
      instance.close();
      redis.close();
      proxy.close();
    }
  }

  /** Takes each batch, or fails before or after. */
  private UsageSink sink(long seed) {
    Random failing = new Random(seed);
    return batch -> {
      if (failing.nextInt(10) == 0) {
        throw new IllegalStateException("told to fail before");
      }
      UsageBatch before = delivered.putIfAbsent(batch.id(), batch);
      if (before != null && !before.equals(batch)) {
        differing.add(batch.id());
      }
      if (failing.nextInt(10) == 0) {
        throw new IllegalStateException("told to fail after");
      }
    };
  }

  @AfterEach
  void close() {
    living.forEach(Running::close);
    nodes.close();
  }

  @Test
  void journalLedgersAndSink_agreeToTheUnit() throws Exception {
    living.add(new Running());
    for (int step = 0; step < STEPS; step++) {
      step();
    }
    living.forEach(process -> process.proxy.heal());
    while (living.isEmpty()) {
      living.add(new Running());
    }
    for (Running process : living) {
      process.instance.journal.sync(LONG);
    }
    check();
  }

  private void step() throws Exception {
    int kind = random.nextInt(100);
    if (kind < 3 && living.size() < 4) {
      healAll();
      living.add(new Running());
    } else if (kind < 5 && living.size() > 1) {
      living.remove(random.nextInt(living.size())).kill();
    } else if (kind < 6 && living.size() > 1) {
      healAll();
      living.remove(random.nextInt(living.size())).close();
    } else if (kind < 8) {
      server.kill();
      one().append();
      server = nodes.start(port, KEEPS).awaitReady();
    } else if (kind < 9) {
      server.ask(Jedis::scriptFlush);
    } else if (kind < 10) {
      server.ask(jedis -> jedis.clientPause(150));
    } else if (kind < 20) {
      fault(one().proxy);
    } else if (kind < 30) {
      one().proxy.heal();
    } else if (kind < 33) {
      healAll();
      checkpoint(one().instance.journal);
    } else {
      Running process = one();
      for (int left = random.nextInt(20); left >= 0; left--) {
        process.append();
      }
    }
  }

  private static void checkpoint(RedisUsageJournal journal) {
    try {
      boolean unused = journal.checkpoint();
    } catch (IOException e) {
      System.out.println("no checkpoint was made: " + e.getMessage());
    }
  }

  private void fault(FaultProxy proxy) {
    switch (random.nextInt(4)) {
      case 0 -> proxy.reset();
      case 1 -> proxy.cutAfter(Direction.TO_CLIENT, random.nextInt(20));
      case 2 -> proxy.cutAfter(Direction.TO_SERVER, random.nextInt(2_000));
      default -> proxy.hold(random.nextBoolean() ? Direction.TO_CLIENT : Direction.TO_SERVER);
    }
  }

  private Running one() {
    return living.get(random.nextInt(living.size()));
  }

  private void healAll() {
    living.forEach(process -> process.proxy.heal());
  }

  private void check() throws Exception {
    JournalInstance first = living.get(0).instance;
    assertThat(first.journal.catchUp(LONG)).isTrue();
    List<RecordedEvent> all =
        first.journal.reader().read(1, first.journal.durable(), Integer.MAX_VALUE);
    Map<String, Long> totals = new TreeMap<>();
    Set<Integer> there = new HashSet<>();
    for (RecordedEvent event : all) {
      int number = (int) event.event().measures().get(0).units();
      assertThat(there.add(number)).as("%s is there once", number).isTrue();
      assertThat(sent).containsKey(number);
      long answer = sent.get(number).answer();
      assertThat(answer).as("answer for %s", number).isIn(-1L, event.sequence());
      totals.merge(event.event().customer(), (long) number, Long::sum);
    }
    sent.forEach(
        (number, what) -> {
          if (what.answer() > 0 || (what.answer() < 0 && !what.by().killed)) {
            assertThat(there).as("%s", what).contains(number);
          } else if (what.answer() == 0) {
            assertThat(there).doesNotContain(number);
          }
        });
    for (Running process : living) {
      for (String customer : CUSTOMERS) {
        assertThat(process.instance.total(customer))
            .as("ledger")
            .isEqualTo(totals.getOrDefault(customer, 0L));
      }
      assertThat(process.instance.journal.gaps()).isEmpty();
    }
    living.forEach(Running::close); // so that none waits after a failure
    living.clear();
    living.add(new Running());
    checkSink(all);
  }

  private void checkSink(List<RecordedEvent> all) {
    TestNodes.await(
        "all has arrived",
        () -> delivered.values().stream().mapToInt(b -> b.recorded().size()).sum() >= all.size());
    List<RecordedEvent> arrived = new ArrayList<>();
    delivered.values().forEach(batch -> arrived.addAll(batch.recorded()));
    assertThat(arrived).as("events in batches").containsExactlyInAnyOrderElementsOf(all);
    assertThat(differing).as("batches that came again otherwise").isEmpty();
    System.out.printf(
        "%d appended, %d in the journal, %d batches%n", sent.size(), all.size(), delivered.size());
  }
}
