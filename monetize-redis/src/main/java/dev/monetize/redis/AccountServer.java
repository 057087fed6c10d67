// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.identity.Changes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/** Accounts on a server: asks it, and says what to do where it does not answer. */
final class AccountServer {

  private final UnifiedJedis redis;
  private final String prefix;

  AccountServer(UnifiedJedis redis, String prefix) {
    this.redis = redis;
    this.prefix = prefix;
  }

  String name(String kind, String id) {
    return prefix + kind + ':' + id;
  }

  /** Where changes to a kind are told. */
  String channel(String kind) {
    return prefix + "changed:" + kind;
  }

  AutoCloseable feed(String kind, Changes.Listener listener) {
    return ChangeFeed.start(redis, channel(kind), listener);
  }

  /**
   * Asks the server.
   *
   * @throws UncheckedIOException if it does not answer, with what to do
   */
  <T> T ask(Function<UnifiedJedis, T> question) {
    return answered(() -> question.apply(redis));
  }

  /** Asks the server, which may answer nothing; whether it answered something. */
  boolean answers(Function<UnifiedJedis, @Nullable Object> question) {
    return answered(() -> question.apply(redis) != null);
  }

  /** Runs a script on a name, with what else it needs. */
  String run(LuaScript script, String name, String... arguments) {
    return answered(
        () ->
            new String(
                script.run(
                    redis,
                    List.of(bytes(name)),
                    Arrays.stream(arguments).map(AccountServer::bytes).toList()),
                StandardCharsets.UTF_8));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private <T> T answered(Supplier<T> question) {
    try {
      return question.get();
    } catch (JedisException e) {
      String what = "accounts in Redis (" + prefix + "*): " + RedisAdvice.of(e, prefix);
      throw new UncheckedIOException(what, new IOException(e));
    }
  }

  /** Reads what is kept under a name. */
  static <T> T read(String name, String text, Function<String, T> form) {
    try {
      return form.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          name + " in Redis can't be read: " + e.getMessage() + ". Nothing was changed", e);
    }
  }

  /** The text under a name, or null. */
  @Nullable String get(String name) {
    return answered(() -> redis.get(name));
  }

  @Override
  public String toString() {
    return prefix + "*";
  }
}
