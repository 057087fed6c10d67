// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.identity.AccountText;
import dev.monetize.identity.Changes;
import dev.monetize.identity.Subscription;
import dev.monetize.identity.Subscriptions;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * What customers have, for all instances of a service that share a Redis or Valkey; see {@link
 * RedisCustomers}, beside which it stands or alone.
 *
 * <p>They are kept in 256 shares, each under a name of its own: a cluster spreads them, and all of
 * them are found without a look at the names of everything else. A change is written and told to
 * all instances in one step.
 *
 * <p>Throws {@link UncheckedIOException} where the server does not answer. Thread-safe.
 */
public final class RedisSubscriptions implements Subscriptions, Changes {

  private static final LuaScript WRITE = LuaScript.load("subscription.lua");
  private static final String KIND = "subscriptions";
  private static final int SHARES = 256;
  private static final ScanParams MANY = new ScanParams().count(1_000);

  private final AccountServer server;

  private RedisSubscriptions(UnifiedJedis redis, String prefix) {
    this.server = new AccountServer(redis, prefix);
  }

  /** Subscriptions under names that begin with {@code monetize:}. */
  public static RedisSubscriptions on(UnifiedJedis redis) {
    return on(redis, "monetize:");
  }

  /**
   * Subscriptions under names that begin so.
   *
   * @param redis a {@code RedisClient}, {@code RedisSentinelClient} or {@code RedisClusterClient}
   * @param prefix tells services apart that share a server
   */
  public static RedisSubscriptions on(UnifiedJedis redis, String prefix) {
    return new RedisSubscriptions(redis, prefix);
  }

  @Override
  public Optional<Subscription> find(String customer) {
    String share = share(customer);
    return Optional.ofNullable(server.lookUp(redis -> redis.hget(share, customer)))
        .map(text -> read(share, text));
  }

  @Override
  public void put(Subscription subscription) {
    write(subscription, "put");
  }

  @Override
  public boolean add(Subscription subscription) {
    return write(subscription, "add").isEmpty();
  }

  @Override
  public boolean replace(Subscription present, Subscription next) {
    String customer = next.customer();
    String share = share(customer);
    String text = server.ask(redis -> redis.hget(share, customer));
    return text != null
        && read(share, text).equals(present)
        && write(next, "replace", text).isEmpty();
  }

  private String write(Subscription subscription, String how, String... present) {
    String customer = subscription.customer();
    List<String> arguments =
        new ArrayList<>(List.of(customer, AccountText.of(subscription), server.channel(KIND), how));
    arguments.addAll(List.of(present));
    return server.runOnce(WRITE, share(customer), arguments.toArray(new String[0]));
  }

  @Override
  public Stream<Subscription> all() {
    return IntStream.range(0, SHARES).mapToObj(this::share).flatMap(this::all);
  }

  /** All of a share, each once: a scan may give one twice. */
  private Stream<Subscription> all(String share) {
    Map<String, String> texts = new HashMap<>();
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      String from = cursor;
      ScanResult<Map.Entry<String, String>> some =
          server.ask(redis -> redis.hscan(share, from, MANY));
      some.getResult().forEach(entry -> texts.put(entry.getKey(), entry.getValue()));
      cursor = some.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    return texts.values().stream().map(text -> read(share, text));
  }

  private static Subscription read(String share, String text) {
    return AccountServer.read(share, text, AccountText::subscription);
  }

  private String share(String customer) {
    int hash = customer.hashCode();
    return share(Math.floorMod(hash ^ (hash >>> 16), SHARES));
  }

  private String share(int number) {
    return server.name(KIND, Integer.toString(number));
  }

  @Override
  public AutoCloseable listen(Listener listener) {
    return server.feed(KIND, listener);
  }

  @Override
  public String toString() {
    return "RedisSubscriptions[" + server + "]";
  }
}
