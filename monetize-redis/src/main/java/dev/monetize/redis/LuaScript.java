// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * A script that servers keep under its hash: sent whole only to one that does not have it, after a
 * start, a failover or a {@code SCRIPT FLUSH}. Thread-safe.
 */
final class LuaScript {

  private final byte[] text;
  private final byte[] hash;

  private LuaScript(byte[] text) {
    this.text = text;
    this.hash = sha1(text);
  }

  /** A script beside this class. */
  static LuaScript load(String resource) {
    try (InputStream in = LuaScript.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is missing");
      }
      return new LuaScript(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource + " cannot be read", e);
    }
  }

  private static byte[] sha1(byte[] text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(text);
      return HexFormat.of().formatHex(hash).getBytes(StandardCharsets.US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /** Runs it on a connection, in one round trip, or two where the server does not have it. */
  byte[] run(Connection connection, List<byte[]> keys, List<byte[]> arguments) {
    try {
      return run(connection, Protocol.Command.EVALSHA, hash, keys, arguments);
    } catch (JedisNoScriptException e) {
      return run(connection, Protocol.Command.EVAL, text, keys, arguments);
    }
  }

  private static byte[] run(
      Connection connection,
      Protocol.Command command,
      byte[] script,
      List<byte[]> keys,
      List<byte[]> arguments) {
    CommandArguments all = new CommandArguments(command).add(script).add(keys.size());
    keys.forEach(all::key);
    arguments.forEach(all::add);
    return (byte[]) connection.executeCommand(all);
  }

  /** Runs it, in one round trip, or two where the server does not have it. */
  byte[] run(UnifiedJedis redis, List<byte[]> keys, List<byte[]> arguments) {
    try {
      return (byte[]) redis.evalsha(hash, keys, arguments);
    } catch (JedisNoScriptException e) {
      return (byte[]) redis.eval(text, keys, arguments);
    }
  }
}
