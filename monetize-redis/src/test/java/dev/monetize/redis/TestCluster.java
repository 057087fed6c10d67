// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static dev.monetize.redis.TestNodes.await;

import dev.monetize.testkit.FreePorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/** A cluster of three primaries, each with a replica. */
final class TestCluster implements AutoCloseable {

  static final int SLOTS = 16_384;

  private static final int SHARDS = 3;

  private final TestNodes processes = new TestNodes("cluster");
  private final List<Integer> busPorts = new ArrayList<>();
  private final List<TestNode> nodes = new ArrayList<>(); // primaries, then their replicas

  private TestCluster() {
    for (int i = 0; i < 2 * SHARDS; i++) {
      int bus = FreePorts.next();
      busPorts.add(bus);
      nodes.add(
          processes.start(
              FreePorts.next(),
              List.of(
                  "save \"\"",
                  "repl-diskless-sync-delay 0",
                  "cluster-enabled yes",
                  "cluster-port " + bus,
                  "cluster-node-timeout 3000")));
    }
  }

  static TestCluster start() {
    TestCluster started = new TestCluster();
    try {
      started.form();
      return started;
    } catch (Throwable e) {
      started.close();
      throw e;
    }
  }

  private void form() {
    nodes.forEach(TestNode::awaitReady);
    for (int i = 0; i < nodes.size(); i++) {
      TestNode node = nodes.get(i);
      int epoch = i + 1;
      node.ask(jedis -> jedis.clusterSetConfigEpoch(epoch));
      if (i < SHARDS) {
        int from = SLOTS * i / SHARDS;
        int to = SLOTS * (i + 1) / SHARDS - 1;
        node.ask(jedis -> jedis.clusterAddSlotsRange(from, to));
      }
      for (int j = 0; j < i; j++) {
        meet(node, j);
      }
    }
    awaitAll("nodes know each other", lines -> all(lines, line -> !line.contains("handshake")));
    for (int i = 0; i < SHARDS; i++) {
      String primary = nodes.get(i).ask(Jedis::clusterMyId);
      nodes.get(i + SHARDS).ask(jedis -> jedis.clusterReplicate(primary));
    }
    awaitShards();
  }

  private void meet(TestNode node, int other) {
    String port = Integer.toString(nodes.get(other).port());
    String bus = Integer.toString(busPorts.get(other));
    node.command(Protocol.Command.CLUSTER, "MEET", "127.0.0.1", port, bus);
  }

  /** Waits until all nodes agree on primaries and replicas, and replicas have all. */
  private void awaitShards() {
    for (int i = 0; i < SHARDS; i++) {
      int primary = nodes.get(i).port();
      int replica = nodes.get(i + SHARDS).port();
      awaitAll(
          "shard " + i,
          lines ->
              lines.stream().anyMatch(line -> is(line, primary, "master") && hasSlots(line))
                  && lines.stream().anyMatch(line -> is(line, replica, "slave")));
      nodes.get(i + SHARDS).awaitCaughtUp(nodes.get(i));
    }
    for (TestNode node : nodes) {
      await("cluster is up", () -> node.ask(Jedis::clusterInfo).contains("cluster_state:ok"));
    }
  }

  private void awaitAll(String what, Predicate<List<String>> known) {
    for (TestNode node : nodes) {
      await(
          what,
          () -> {
            List<String> lines = node.ask(Jedis::clusterNodes).lines().toList();
            return lines.size() == nodes.size() && known.test(lines);
          });
    }
  }

  private static boolean all(List<String> lines, Predicate<String> so) {
    return lines.stream().allMatch(so);
  }

  private static boolean is(String line, int port, String role) {
    String[] words = line.split(" ");
    return words[1].startsWith("127.0.0.1:" + port + "@")
        && List.of(words[2].split(",")).contains(role);
  }

  private static boolean hasSlots(String line) {
    return line.split(" ").length > 8;
  }

  /** All nodes, primaries first. */
  List<TestNode> nodes() {
    return List.copyOf(nodes);
  }

  Set<HostAndPort> addresses() {
    return nodes.stream().map(TestNode::address).collect(Collectors.toSet());
  }

  /** Each replica, which has all, is primary; what was primary is its replica. */
  void failOver() {
    for (int i = 0; i < SHARDS; i++) {
      TestNode primary = nodes.get(i);
      TestNode replica = nodes.get(i + SHARDS);
      replica.awaitCaughtUp(primary);
      replica.ask(Jedis::clusterFailover);
      await("replica is primary", () -> replica.replication("role").equals("master"));
      nodes.set(i, replica);
      nodes.set(i + SHARDS, primary);
    }
    awaitShards();
  }

  @Override
  public void close() {
    processes.close();
  }
}
