// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestNodes.await;

import dev.monetize.testkit.FreePorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/** A primary and a replica under three sentinels. */
final class TestSentinel implements AutoCloseable {

  /** What the sentinels call the primary. */
  static final String NAME = "limits";

  private static final List<String> SERVER = List.of("save \"\"", "repl-diskless-sync-delay 0");
  private static final String QUICK = "100";
  private static final String USUAL = "2000";
  private static final String DOWN_AFTER = "sentinel down-after-milliseconds " + NAME + " 3000";

  private final TestNodes nodes = new TestNodes("sentinel");
  private final List<TestNode> sentinels = new ArrayList<>();
  private TestNode primary;
  private TestNode replica;

  private TestSentinel() {
    primary = nodes.start(FreePorts.next(), SERVER);
    List<String> following = new ArrayList<>(SERVER);
    following.add("replicaof 127.0.0.1 " + primary.port());
    replica = nodes.start(FreePorts.next(), following);
    primary.awaitReady();
    replica.awaitReady();
    String monitor = "sentinel monitor " + NAME + " 127.0.0.1 " + primary.port() + " 2";
    for (int i = 0; i < 3; i++) {
      sentinels.add(nodes.start(FreePorts.next(), List.of(monitor, DOWN_AFTER), "--sentinel"));
    }
  }

  static TestSentinel start() {
    TestSentinel started = new TestSentinel();
    try {
      started.awaitReady();
      return started;
    } catch (Throwable e) {
      started.close();
      throw e;
    }
  }

  private void awaitReady() {
    sentinels.forEach(TestNode::awaitReady);
    tellEvery(QUICK);
    replica.awaitCaughtUp(primary);
    for (TestNode sentinel : sentinels) {
      await(
          "sentinels know each other and the replica",
          () -> {
            var known = sentinel.ask(jedis -> jedis.sentinelMaster(NAME));
            return "2".equals(known.get("num-other-sentinels"))
                && "1".equals(known.get("num-slaves"))
                && "ok"
                    .equals(
                        sentinel
                            .ask(jedis -> jedis.sentinelReplicas(NAME))
                            .get(0)
                            .get("master-link-status"));
          });
    }
  }

  /** Has sentinels tell what they know; what contradicts it for four periods they undo. */
  private void tellEvery(String millis) {
    for (TestNode sentinel : sentinels) {
      sentinel.command(
          Protocol.Command.SENTINEL, "DEBUG", "INFO-PERIOD", QUICK, "PUBLISH-PERIOD", millis);
    }
  }

  Set<HostAndPort> addresses() {
    return sentinels.stream().map(TestNode::address).collect(Collectors.toSet());
  }

  TestNode primary() {
    return primary;
  }

  TestNode replica() {
    return replica;
  }

  /** The replica, which has all, is primary; what was primary is its replica. */
  void failOver() {
    replica.awaitCaughtUp(primary);
    tellEvery(USUAL); // so that none undoes what another has begun
    TestNode before = primary;
    primary = replica;
    replica = before;
    await(
        "a failover",
        () -> {
          boolean over = knowsOfIt(sentinels.get(0));
          if (!over) {
            begin(sentinels.get(0));
          }
          return over;
        });
    for (TestNode sentinel : sentinels) {
      await("sentinels know of it", () -> knowsOfIt(sentinel));
    }
    tellEvery(QUICK);
    await("replica is primary", () -> primary.replication("role").equals("master"));
    await("primary is replica", () -> replica.replication("role").equals("slave"));
    replica.awaitCaughtUp(primary);
  }

  private boolean knowsOfIt(TestNode sentinel) {
    return sentinel
        .ask(jedis -> jedis.sentinelGetMasterAddrByName(NAME))
        .equals(List.of("127.0.0.1", Integer.toString(primary.port())));
  }

  /**
   * Has it begin one. It refuses while it has not looked at the replica lately, or has begun
   * already; one that it has begun it gives up where it cannot look at the replica in time.
   */
  private static void begin(TestNode sentinel) {
    try {
      String unused = sentinel.ask(jedis -> jedis.sentinelFailover(NAME));
    } catch (JedisDataException e) {
      // asked again
    }
  }

  @Override
  public void close() {
    nodes.close();
  }
}
