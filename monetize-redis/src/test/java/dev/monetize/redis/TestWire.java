// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.testkit.FaultProxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.HostAndPortMapper;

/** A proxy before each server, through which a client goes that knows only the servers. */
final class TestWire implements HostAndPortMapper, AutoCloseable {

  private final Map<HostAndPort, FaultProxy> proxies = new HashMap<>();

  TestWire(List<TestNode> nodes) {
    for (TestNode node : nodes) {
      proxies.put(node.address(), FaultProxy.to("127.0.0.1", node.port()));
    }
  }

  @Override
  public HostAndPort getHostAndPort(HostAndPort server) {
    return new HostAndPort("localhost", Objects.requireNonNull(proxies.get(server)).port());
  }

  /** Round trips to all of them. */
  long turns() {
    return proxies.values().stream().mapToLong(proxy -> proxy.traffic().turns()).sum();
  }

  @Override
  public void close() {
    proxies.values().forEach(FaultProxy::close);
  }
}
