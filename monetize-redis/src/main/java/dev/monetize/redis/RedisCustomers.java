// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.identity.AccountText;
import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Changes;
import dev.monetize.identity.Customer;
import dev.monetize.identity.CustomerStore;
import dev.monetize.identity.EndingKeys;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.KeyOwner;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.ZRangeParams;

/**
 * Customers and keys of all instances of a service that share a Redis or Valkey: a single server,
 * one behind Sentinel, or a cluster.
 *
 * <pre>{@code
 * UnifiedJedis redis = RedisUrl.parse("redis://localhost:6379").connect();
 * Monetizer.builder()
 *     .customers(RedisCustomers.on(redis))
 *     .subscriptions(RedisSubscriptions.on(redis))
 *     .keyFormat(MonetizeKeys.under(pepper)) // the same one in every instance
 * }</pre>
 *
 * <ul>
 *   <li>Keys are there by their hash, never as they are.
 *   <li>What {@code put} returned from, the server has: as lasting as its own settings make it. It
 *       should write an append-only file, and must not evict ({@code maxmemory-policy noeviction}).
 *   <li>What {@code put} threw for may be in force or not; the same again completes it.
 *   <li>A change is told to all instances at once; each keeps a connection of the client's for
 *       listening. Where that is lost, it comes again, and everybody is looked up anew.
 *   <li>Of two changes to one key at the same moment, the one that began last counts.
 *   <li>What a client of a cluster sends again, as an answer was lost, is done once and answered as
 *       it was. For that a name is written beside the one that is changed, for ten minutes; where
 *       braces in a customer's id leave none in its slot, that customer's is not.
 * </ul>
 *
 * <p>A look-up is one command. A key is written in this order, each step a command on one name, so
 * that a cluster may keep the names anywhere:
 *
 * <ol>
 *   <li>its id says whose it is, and under which hash it will be, and numbers the change
 *   <li>its customer has its id; so have the ends of keys, if it has one
 *   <li>its hash holds the key: from here it works, or has been revoked
 *   <li>older hashes of it hold it no more
 * </ol>
 *
 * A crash leaves an id without a key at worst, which no list shows, or a key that is under two
 * hashes of one secret; the next change of the key, such as its revocation, ends that. Changes that
 * overtake each other are told apart by their numbers.
 *
 * <p>Throws {@link UncheckedIOException} where the server does not answer: callers already known
 * are served meanwhile, others refused with 503. After five failures in a row no call waits for the
 * server; a thread asks it once a second until it answers, for all customers and subscriptions of
 * one client. Of a cluster that is so too where one of its primaries is away. Thread-safe; the
 * client stays the app's to close.
 */
public final class RedisCustomers implements CustomerStore, EndingKeys, Changes {

  private static final LuaScript CUSTOMER = LuaScript.load("customer.lua");
  private static final LuaScript PLACE = LuaScript.load("key-place.lua");
  private static final LuaScript RECORD = LuaScript.load("key-record.lua");
  private static final LuaScript END = LuaScript.load("key-end.lua");
  private static final LuaScript REPLACE = LuaScript.load("replace.lua");

  /** Longer than any change takes. */
  private static final String MOVED_SECONDS = "86400";

  private static final String KEYS = "keys";
  private static final String PUT = "put";
  private static final String ADD = "add";
  private static final String REPLACED = "replace";

  private final AccountServer server;

  RedisCustomers(UnifiedJedis redis, String prefix) {
    this.server = new AccountServer(redis, prefix);
  }

  /** Customers and keys under names that begin with {@code monetize:}. */
  public static RedisCustomers on(UnifiedJedis redis) {
    return on(redis, "monetize:");
  }

  /**
   * Customers and keys under names that begin so.
   *
   * @param redis a {@code RedisClient}, {@code RedisSentinelClient} or {@code RedisClusterClient}
   * @param prefix tells services apart that share a server
   */
  public static RedisCustomers on(UnifiedJedis redis, String prefix) {
    return new RedisCustomers(redis, prefix);
  }

  @Override
  public Optional<KeyOwner> find(KeyHash hash) {
    String name = hashName(hash);
    return key(name, server.lookUp(redis -> redis.get(name)))
        .map(key -> new KeyOwner(key.customer(), key.id(), key.validUntil()));
  }

  @Override
  public Optional<Customer> customer(String id) {
    String name = server.name("customer", id);
    return Optional.ofNullable(server.get(name))
        .map(text -> AccountServer.read(name, text, AccountText::customer));
  }

  @Override
  public List<ApiKey> keys(String customer) {
    return server.ask(redis -> redis.smembers(server.name("keys-of", customer))).stream()
        .flatMap(id -> key(id).stream())
        .sorted(Comparator.comparing(ApiKey::created).thenComparing(ApiKey::id))
        .toList();
  }

  @Override
  public Optional<ApiKey> key(String id) {
    KeyPlace place = place(id);
    return place == null
        ? Optional.empty()
        : place.hashes().stream()
            .flatMap(hash -> key(hash).stream())
            .filter(key -> key.id().equals(id))
            .findFirst();
  }

  private @Nullable KeyPlace place(String id) {
    String name = server.name("key-id", id);
    String text = server.get(name);
    return text == null ? null : AccountServer.read(name, text, KeyPlace::parse);
  }

  private Optional<ApiKey> key(KeyHash hash) {
    String name = hashName(hash);
    return key(name, server.get(name));
  }

  private static Optional<ApiKey> key(String name, @Nullable String value) {
    return Optional.ofNullable(value)
        .flatMap(record -> AccountServer.read(name, record, RedisCustomers::keyOf));
  }

  private static Optional<ApiKey> keyOf(String record) {
    String[] words = record.split(" ", 3);
    if (words.length < 3) {
      throw new IllegalArgumentException("a key's record has three words");
    }
    return words[2].isEmpty() ? Optional.empty() : Optional.of(AccountText.key(words[2]));
  }

  private String hashName(KeyHash hash) {
    return server.name("key", hash.hex());
  }

  @Override
  public void put(Customer customer) {
    String unused = write(customer, PUT);
  }

  private String write(Customer customer, String how) {
    String name = server.name("customer", customer.id());
    return server.runOnce(CUSTOMER, name, AccountText.of(customer), how);
  }

  @Override
  public void put(ApiKey key) {
    key(key.hash()).ifPresent(present -> checkTwin(key, present.id()));
    KeyPlace place = begin(key);
    server.ask(redis -> redis.sadd(server.name("keys-of", key.customer()), key.id()));
    noteEnd(key);
    checkTwin(key, record(key, place, key.hash(), AccountText.of(key), PUT));
    if (!place.older().isEmpty()) {
      place.older().forEach(hash -> record(key, place, hash, "", PUT));
      server.run(REPLACE, server.name("key-id", key.id()), place.text(), place.settled());
    }
  }

  @Override
  public boolean add(Customer customer) {
    return write(customer, ADD).isEmpty();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where the adding of a key was cut off half-way, its id is that of its hash: the same again
   * completes it, and one of another hash is not added.
   */
  @Override
  public boolean add(ApiKey key) {
    key(key.hash()).ifPresent(present -> checkTwin(key, present.id()));
    if (key(key.id()).isPresent()) {
      return false;
    }
    KeyPlace place = place(key, ADD);
    if (!place.isOf(key)) {
      return false;
    }
    server.ask(redis -> redis.sadd(server.name("keys-of", key.customer()), key.id()));
    noteEnd(key);
    String present = record(key, place, key.hash(), AccountText.of(key), ADD);
    checkTwin(key, present);
    return present.isEmpty();
  }

  /** {@inheritDoc} It stays under its hash, so that is all there is to write, but for its end. */
  @Override
  public boolean replace(ApiKey present, ApiKey next) {
    String value = server.get(hashName(next.hash()));
    if (value == null || !keyOf(value).equals(Optional.of(present))) {
      return false;
    }
    noteEnd(next);
    String change = value.substring(0, value.indexOf(' '));
    return record(next, change, next.hash(), AccountText.of(next), REPLACED, value).isEmpty();
  }

  private KeyPlace place(ApiKey key, String how) {
    String name = server.name("key-id", key.id());
    String text = server.run(PLACE, name, key.customer(), key.hash().hex(), how);
    return AccountServer.read(name, text, KeyPlace::parse);
  }

  private KeyPlace begin(ApiKey key) {
    KeyPlace place = place(key, PUT);
    if (!place.customer().equals(key.customer())) {
      throw new IllegalArgumentException(
          "key \"%s\" is customer \"%s\"'s and can't become customer \"%s\"'s"
              .formatted(key.id(), place.customer(), key.customer()));
    }
    return place;
  }

  private String record(ApiKey key, KeyPlace place, KeyHash hash, String text, String how) {
    return record(key, place.change(), hash, text, how, "");
  }

  private String record(
      ApiKey key, String change, KeyHash hash, String text, String how, String present) {
    String channel = server.channel(KEYS);
    String[] arguments = {
      change, key.id(), text, MOVED_SECONDS, channel, key.customer(), how, present
    };
    return how.equals(PUT)
        ? server.run(RECORD, hashName(hash), arguments)
        : server.runOnce(RECORD, hashName(hash), arguments);
  }

  /** Notes the key's end, if it has one that is told of: before the key says so itself. */
  private void noteEnd(ApiKey key) {
    if (key.validUntil() != null && !key.revoked()) {
      String end = Long.toString(key.validUntil().getEpochSecond());
      String unused = server.run(END, ends(), end, key.id() + " " + end);
    }
  }

  private String ends() {
    return server.name("key-ends", "all");
  }

  /**
   * {@inheritDoc} Looks at each of them; of those that ended more than a month ago none is known.
   */
  @Override
  public Stream<ApiKey> ending(Instant from, Instant to) {
    ZRangeParams within =
        ZRangeParams.zrangeByScoreParams(
            (double) from.getEpochSecond(), (double) to.getEpochSecond());
    return server.ask(redis -> redis.zrange(ends(), within)).stream()
        .flatMap(end -> ending(end).stream());
  }

  /** The key, where that is its end still. */
  private Optional<ApiKey> ending(String end) {
    int space = end.indexOf(' ');
    long second = Long.parseLong(end.substring(space + 1));
    return key(end.substring(0, space))
        .filter(key -> key.validUntil() != null && key.validUntil().getEpochSecond() == second);
  }

  private static void checkTwin(ApiKey key, String other) {
    if (!other.isEmpty() && !other.equals(key.id())) {
      throw new IllegalArgumentException(
          "key \"%s\" has the hash of key \"%s\"".formatted(key.id(), other));
    }
  }

  @Override
  public AutoCloseable listen(Listener listener) {
    return server.feed(KEYS, listener);
  }

  @Override
  public String toString() {
    return "RedisCustomers[" + server + "]";
  }
}
