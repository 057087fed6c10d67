// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.redis.UrlParts.Login;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Where a Redis or Valkey is and how it is reached, in one text, as an app takes it from its
 * environment; makes a client of it that is set up for limits and accounts.
 *
 * <pre>{@code
 * UnifiedJedis redis = RedisUrl.parse(System.getenv("REDIS_URL")).connect();
 * }</pre>
 *
 * <ul>
 *   <li>{@code redis://user:password@host:6379/0}: a server
 *   <li>{@code redis+sentinel://user:password@host:26379,host:26379/master/0}: the server that the
 *       sentinels call master now
 *   <li>{@code redis+cluster://user:password@host:6379,host:6379}: a cluster, of which some nodes
 *       are named
 * </ul>
 *
 * <p>With {@code rediss} in place of {@code redis}, all connections have TLS. A server's
 * certificate must be of the host that the client asks for, which may be one that sentinels or a
 * cluster tell, and be trusted by the JVM: by its own authorities, or by {@code
 * javax.net.ssl.trustStore}.
 *
 * <p>User and password may be left out, as may the user alone ({@code :password@}), ports and the
 * database. In user and password, what is no letter or digit may be escaped, and {@code / ? # @ %}
 * must be: {@code %2F}. IPv6 addresses stand in brackets. Options stand behind a {@code ?}, with
 * {@code &} between: {@code timeout=100ms}, where 50 ms are not enough; {@code sentinel_username}
 * and {@code sentinel_password}, where the sentinels themselves ask for them. Lettuce's spelling of
 * sentinels is read too: {@code redis-sentinel://host/0?sentinelMasterId=master}, or {@code
 * #master}.
 *
 * <p>Never prints user and password; no error repeats any part of what could not be read.
 * Immutable.
 */
public final class RedisUrl {

  private static final SslOptions TLS =
      SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build();
  private static final int CONNECTIONS = 64;
  private static final int ATTEMPTS = 5;

  /** Sentinels are not asked on the way of a call. */
  private static final int SENTINEL_MILLIS = 2_000;

  private final UrlParts parts;

  private RedisUrl(UrlParts parts) {
    this.parts = parts;
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException if it is none, with what is expected
   */
  public static RedisUrl parse(String url) {
    return new RedisUrl(UrlReader.read(url));
  }

  /**
   * A client, of a server that has answered: a {@link RedisClient}, {@link RedisSentinelClient} or
   * {@link RedisClusterClient}. It waits 50 ms for an answer, unless the URL says otherwise, and
   * has up to 64 connections to a server. It is the caller's to close.
   *
   * @throws UncheckedIOException if nobody answers, or we are refused, with what to do
   */
  public UnifiedJedis connect() {
    return connect(TLS);
  }

  /** A client that trusts other certificates. */
  UnifiedJedis connect(SslOptions tls) {
    for (int attempt = 1; ; attempt++) {
      try {
        return checked(client(tls));
      } catch (JedisException e) {
        if (attempt == ATTEMPTS || e instanceof JedisAccessControlException) {
          throw new UncheckedIOException(
              "Redis at " + this + ": " + RedisAdvice.of(e, "monetize:"), new IOException(e));
        }
      }
    }
  }

  private static UnifiedJedis checked(UnifiedJedis client) {
    try {
      Subscriber.connection(client).close();
      return client;
    } catch (JedisException e) {
      client.close();
      throw e;
    }
  }

  private UnifiedJedis client(SslOptions tls) {
    JedisClientConfig config =
        config(parts.servers(), parts.timeoutMillis(), tls).database(parts.database()).build();
    Set<HostAndPort> hosts = new HashSet<>(parts.hosts());
    return switch (parts.kind()) {
      case SERVER ->
          RedisClient.builder()
              .hostAndPort(parts.hosts().get(0))
              .clientConfig(config)
              .poolConfig(pool())
              .build();
      case SENTINEL ->
          RedisSentinelClient.builder()
              .masterName(parts.master())
              .sentinels(hosts)
              .sentinelClientConfig(ofSentinels(tls))
              .clientConfig(config)
              .poolConfig(pool())
              .build();
      case CLUSTER ->
          RedisClusterClient.builder().nodes(hosts).clientConfig(config).poolConfig(pool()).build();
    };
  }

  private JedisClientConfig ofSentinels(SslOptions tls) {
    return config(parts.sentinels(), SENTINEL_MILLIS, tls)
        .autoNegotiateProtocol(false) // or each connection to one warns
        .build();
  }

  private DefaultJedisClientConfig.Builder config(Login login, int timeoutMillis, SslOptions tls) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder().timeoutMillis(timeoutMillis);
    if (!login.user().isEmpty()) {
      config.user(login.user());
    }
    if (!login.password().isEmpty()) {
      config.password(login.password());
    }
    return parts.tls() ? config.sslOptions(tls) : config;
  }

  private ConnectionPoolConfig pool() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(CONNECTIONS);
    pool.setMaxIdle(CONNECTIONS);
    pool.setMaxWait(Duration.ofMillis(parts.timeoutMillis()));
    return pool;
  }

  /** What it says. */
  UrlParts parts() {
    return parts;
  }

  /** Where it leads, without user and password. */
  @Override
  public String toString() {
    return parts.toString();
  }
}
