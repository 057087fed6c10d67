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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Accounts on a server: asks it, and says what to do where it does not answer. */
final class AccountServer {

  private final UnifiedJedis redis;
  private final LookUps lookUps;
  private final String prefix;

  AccountServer(UnifiedJedis redis, String prefix) {
    this.redis = redis;
    this.lookUps = LookUps.through(redis);
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
    return ChangeFeed.start(
        redis,
        channel(kind),
        new Changes.Listener() {
          @Override
          public void changed(String customer) {
            lookUps.wake();
            listener.changed(customer);
          }

          @Override
          public void missed() {
            lookUps.wake();
            listener.missed();
          }
        });
  }

  /**
   * Asks the server.
   *
   * @throws UncheckedIOException if it does not answer, with what to do
   */
  <T> T ask(Function<UnifiedJedis, T> question) {
    return answered(() -> question.apply(redis));
  }

  /**
   * Asks the server what a call waits for, unless it has not answered for a while.
   *
   * @return null if there is nothing
   * @throws UncheckedIOException if it does not answer, or is not asked
   */
  @Nullable String lookUp(Function<UnifiedJedis, @Nullable String> question) {
    IOException away = lookUps.away();
    if (away != null) {
      throw new NotAsked(said(away.getMessage()), away);
    }
    return answered(() -> lookUps.ask(() -> question.apply(redis)));
  }

  /** Made for each call of an outage: where it was made is no news. */
  private static final class NotAsked extends UncheckedIOException {

    private static final long serialVersionUID = 1;

    NotAsked(String message, IOException cause) {
      super(message, cause);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  /** Runs a script on a name, with what else it needs. */
  String run(LuaScript script, String name, String... arguments) {
    return run(script, List.of(name), arguments);
  }

  /**
   * Runs a script that does the same, and answers the same, where it comes again within ten
   * minutes: a client of a cluster sends it once more where an answer is lost.
   */
  String runOnce(LuaScript script, String name, String... arguments) {
    String done = done(name, Long.toHexString(Secret.number()));
    return run(script, done.isEmpty() ? List.of(name) : List.of(name, done), arguments);
  }

  /** A name in the slot of another; empty where braces leave none. */
  private String done(String name, String call) {
    int slot = JedisClusterCRC16.getSlot(name);
    return Stream.of("{" + name + "}", name)
        .map(beside -> prefix + "done:" + beside + ":" + call)
        .filter(done -> JedisClusterCRC16.getSlot(done) == slot)
        .findFirst()
        .orElse("");
  }

  private String run(LuaScript script, List<String> names, String... arguments) {
    return answered(
        () ->
            new String(
                script.run(
                    redis,
                    names.stream().map(AccountServer::bytes).toList(),
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
      throw new UncheckedIOException(said(RedisAdvice.of(e, prefix)), new IOException(e));
    }
  }

  private String said(@Nullable String what) {
    return "accounts in Redis (" + prefix + "*): " + what;
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
