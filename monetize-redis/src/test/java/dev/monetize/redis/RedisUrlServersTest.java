// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.FreePorts;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.UnifiedJedis;

/** Clients that are made of a URL, and real servers. */
class RedisUrlServersTest {

  private static final SslOptions USUAL =
      SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build();
  private static final String PASSWORD = "p/?#@% +ä";
  private static final String ESCAPED = "p%2F%3F%23%40%25%20+%C3%A4";

  @TempDir private static Path directory;
  private static TestNodes nodes;
  private static TestCertificate certificate;
  private static int plain;
  private static int tls;

  @BeforeAll
  static void start() throws Exception {
    nodes = new TestNodes("url");
    certificate = TestCertificate.in(directory);
    plain = FreePorts.next();
    tls = FreePorts.next();
    String user = "user app on \">" + PASSWORD + "\" ~* &* +@all";
    String password = "requirepass \"" + PASSWORD + "\"";
    nodes.start(plain, List.of("save \"\"", password, user));
    nodes.start(tls, with(certificate.settings(tls), "save \"\"", password));
    answers("redis://:" + ESCAPED + "@127.0.0.1:" + plain, USUAL);
    answers("rediss://:" + ESCAPED + "@localhost:" + tls, certificate.trust());
  }

  @AfterAll
  static void stop() {
    nodes.close();
  }

  private static List<String> with(List<String> settings, String... more) {
    List<String> all = new ArrayList<>(settings);
    all.addAll(List.of(more));
    return all;
  }

  /** Waits until it does. */
  private static void answers(String url, SslOptions trust) {
    TestNodes.await(
        "a server of a URL answers",
        () -> {
          try (UnifiedJedis redis = RedisUrl.parse(url).connect(trust)) {
            return "yes".equals(redis.set("there", "yes").equals("OK") ? redis.get("there") : "");
          } catch (UncheckedIOException e) {
            return false;
          }
        });
  }

  private static void refused(String url, SslOptions trust, String... message) {
    assertThatThrownBy(() -> RedisUrl.parse(url).connect(trust).close())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll(message)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void userPasswordAndDatabase_areTaken() {
    String server = "@localhost:" + plain;
    try (UnifiedJedis redis = RedisUrl.parse("redis://app:" + ESCAPED + server + "/3").connect();
        UnifiedJedis other = RedisUrl.parse("redis://:" + ESCAPED + server).connect()) {
      assertThat(redis).isInstanceOf(RedisClient.class);
      assertThat(ServerCommand.run(redis, Protocol.Command.ACL, "WHOAMI"))
          .isEqualTo("app".getBytes(StandardCharsets.US_ASCII));
      redis.set("database", "3");
      assertThat(other.get("database")).isNull();
    }
  }

  @Test
  void wrongPassword_isSaidAndNotRepeated() {
    refused(
        "redis://app:secret@localhost:" + plain,
        USUAL,
        "Redis at redis://localhost:" + plain + ": the server refuses this user");
    refused("redis://localhost:" + plain, USUAL, "the server refuses this user");
  }

  @Test
  void serverThatIsNotThere_isSaid() {
    int port = FreePorts.next();
    for (String kind :
        List.of("redis://:secret@localhost:%d", "redis+cluster://:secret@localhost:%d")) {
      refused(kind.formatted(port), USUAL, "localhost:" + port, "no server can be reached");
    }
    refused(
        "redis+sentinel://:secret@localhost:%d/m".formatted(port),
        USUAL,
        "redis+sentinel://localhost:" + port + "/m: no server can be reached");
  }

  @Test
  void ipv6_isReached() {
    int port = FreePorts.next();
    nodes.start(port, List.of("save \"\"", "bind 127.0.0.1 -::1"));
    answers("redis://127.0.0.1:" + port, USUAL);

    answers("redis://[::1]:" + port, USUAL);
  }

  @Test
  void tls_isSpoken_withWhomIsTrusted() {
    String login = "rediss://:" + ESCAPED + "@";
    answers(login + "localhost:" + tls, certificate.trust());

    refused(login + "localhost:" + tls, USUAL, "no server can be reached", "certification path");
    refused(
        login + "127.0.0.1:" + tls, certificate.trust(), "no server can be reached", "127.0.0.1");
    refused("redis://:secret@localhost:" + tls, USUAL, "no server can be reached");
  }

  @Test
  void trustStoreOfTheJvm_isUsed() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(certificate.trustOfJvm());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Pinging.class.getName());
    command.add("rediss://:" + ESCAPED + "@localhost:" + tls + "?timeout=2s");

    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();

    assertThat(process.inputReader().lines()).containsExactly("PONG");
  }

  /** In a process of its own. */
  static final class Pinging {

    private Pinging() {}

    public static void main(String[] args) {
      try (UnifiedJedis redis = RedisUrl.parse(args[0]).connect()) {
        System.out.println(redis.ping());
      }
    }
  }

  @Test
  void sentinelsWithTlsAndPasswords_areAsked() {
    int port = FreePorts.next();
    String tell = "sentinel announce-hostnames yes";
    List<String> settings =
        with(
            certificate.settings(port),
            "sentinel resolve-hostnames yes",
            tell,
            "sentinel monitor m localhost " + tls + " 1",
            "sentinel auth-pass m \"" + PASSWORD + "\"",
            "requirepass for-sentinels",
            "tls-replication yes");
    nodes.start(port, settings, "--sentinel");
    String url = "rediss+sentinel://:" + ESCAPED + "@localhost:" + port + "/m/1";

    answers(url + "?sentinel_password=for-sentinels", certificate.trust());

    refused(url, certificate.trust(), "All sentinels down");
    try (UnifiedJedis redis =
        RedisUrl.parse(url + "?sentinel_password=for-sentinels").connect(certificate.trust())) {
      assertThat(redis).isInstanceOf(RedisSentinelClient.class);
    }
  }

  @Test
  void clusterWithTls_isReached() {
    int port = FreePorts.next();
    int bus = FreePorts.next();
    nodes.start(
        port,
        with(
            certificate.settings(port),
            "save \"\"",
            "requirepass \"" + PASSWORD + "\"",
            "cluster-enabled yes",
            "cluster-port " + bus,
            "tls-cluster yes",
            "cluster-announce-hostname localhost",
            "cluster-preferred-endpoint-type hostname"));
    String server = ":" + ESCAPED + "@localhost:" + port;
    answersToPing("rediss://" + server);
    try (UnifiedJedis node = RedisUrl.parse("rediss://" + server).connect(certificate.trust())) {
      ServerCommand.run(node, Protocol.Command.CLUSTER, "ADDSLOTSRANGE", "0", "16383");
    }

    answers("rediss+cluster://" + server, certificate.trust());
  }

  private static void answersToPing(String url) {
    TestNodes.await(
        "a server answers",
        () -> {
          try (UnifiedJedis redis = RedisUrl.parse(url).connect(certificate.trust())) {
            return redis.ping().equals("PONG");
          } catch (UncheckedIOException e) {
            return false;
          }
        });
  }

  private static String addresses(Collection<HostAndPort> all) {
    return all.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
  }

  @Test
  void sentinels_areFollowed() {
    try (TestSentinel sentinel = TestSentinel.start();
        UnifiedJedis redis =
            RedisUrl.parse(
                    "redis+sentinel://%s/%s"
                        .formatted(addresses(sentinel.addresses()), TestSentinel.NAME))
                .connect()) {
      redis.set("a", "1");

      String written = sentinel.primary().ask(jedis -> jedis.get("a"));
      assertThat(written).isEqualTo("1");
      refused(
          "redis+sentinel://%s/other".formatted(addresses(sentinel.addresses())), USUAL, "other");
    }
  }

  @Test
  void cluster_isFoundByOneOfItsNodes() {
    try (TestCluster cluster = TestCluster.start();
        UnifiedJedis redis =
            RedisUrl.parse("redis+cluster://127.0.0.1:" + cluster.nodes().get(0).port())
                .connect()) {
      assertThat(redis).isInstanceOf(RedisClusterClient.class);
      for (int i = 0; i < 50; i++) {
        redis.set("name-" + i, "" + i);
      }
      for (int i = 0; i < 50; i++) {
        assertThat(redis.get("name-" + i)).isEqualTo("" + i);
      }
    }
  }
}
