// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.NoSuchElementException;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** A server's troubles in words. */
final class RedisAdvice {

  private RedisAdvice() {}

  /**
   * What is wrong, and what to do about it.
   *
   * @param prefix of the names and channels that were asked for
   */
  static String of(JedisException e, String prefix) {
    if (e instanceof JedisClusterOperationException
        && e.getSuppressed().length > 0
        && e.getSuppressed()[0] instanceof JedisException ofNode) {
      return of(ofNode, prefix);
    }
    String said = String.valueOf(e.getMessage());
    if (e instanceof Wire.NotAsked && e.getCause() instanceof NoSuchElementException) {
      return said;
    }
    if (e instanceof JedisConnectionException) {
      return "no server can be reached; see that one is up, and that the client has its address"
          + because(e);
    }
    if (e instanceof JedisAccessControlException
        || said.startsWith("NOAUTH")
        || said.contains("user executing the script")) {
      return "the server refuses this user; give the client a user and password that may use names"
          + " and channels that begin with \"%s\" (%s)".formatted(prefix, said);
    }
    if (!(e instanceof JedisDataException)) {
      return said + because(e);
    }
    if (said.contains("READONLY")) {
      return "the server is a replica; have the client find the master, by Sentinel or the cluster ("
          + said
          + ")";
    }
    if (said.contains("OOM")) {
      return "the server is full; raise its maxmemory, and keep maxmemory-policy noeviction ("
          + said
          + ")";
    }
    if (said.contains("WRONGTYPE")) {
      return "something else uses a name of ours; give another prefix than \"%s\" (%s)"
          .formatted(prefix, said);
    }
    return "the server answered: " + said;
  }

  private static String because(JedisException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return " (" + root.getMessage() + ")";
  }
}
