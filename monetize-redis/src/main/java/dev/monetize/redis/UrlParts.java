// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.List;
import java.util.stream.Collectors;
import redis.clients.jedis.HostAndPort;

/**
 * What a {@link RedisUrl} says.
 *
 * @param kind what its addresses are
 * @param tls whether all connections are encrypted
 * @param hosts of the server, of sentinels, or of some nodes of the cluster; in their order
 * @param master what the sentinels call the servers, {@code ""} without sentinels
 * @param database number of it
 * @param timeoutMillis how long an answer is waited for
 * @param servers who the servers are told we are
 * @param sentinels who the sentinels are told we are
 */
record UrlParts(
    Kind kind,
    boolean tls,
    List<HostAndPort> hosts,
    String master,
    int database,
    int timeoutMillis,
    Login servers,
    Login sentinels) {

  /** What the addresses of a URL are. */
  enum Kind {
    SERVER("", 6379, "host:6379/0"),
    SENTINEL("+sentinel", 26379, "host:26379,host:26379/name-of-master/0"),
    CLUSTER("+cluster", 6379, "host:6379,host:6379");

    final String suffix;
    final int port;
    private final String addresses;

    Kind(String suffix, int port, String addresses) {
      this.suffix = suffix;
      this.port = port;
      this.addresses = addresses;
    }

    /** What a URL of this kind looks like. */
    String form() {
      return "redis" + suffix + "://user:password@" + addresses;
    }
  }

  /**
   * Who we say that we are; never prints the password.
   *
   * @param user {@code ""} for the default user
   * @param password {@code ""} for none
   */
  record Login(String user, String password) {

    static final Login NONE = new Login("", "");

    @Override
    public String toString() {
      return "Login[hidden]";
    }
  }

  /** Without who we are. */
  @Override
  public String toString() {
    String addresses = hosts.stream().map(UrlParts::shown).collect(Collectors.joining(","));
    String path = (master.isEmpty() ? "" : "/" + master) + (database == 0 ? "" : "/" + database);
    return "redis" + (tls ? "s" : "") + kind.suffix + "://" + addresses + path;
  }

  private static String shown(HostAndPort address) {
    String host = address.getHost();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
