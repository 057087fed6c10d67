// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.FreePorts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

@Timeout(60)
class RedisUsageJournalBuilderTest {

  private static final Duration SHORT = Duration.ofMillis(300);

  /** There is no replica: what was appended is known, and nobody may be sent it. */
  @Test
  void whatNoReplicaHas_isNotDurable() throws Exception {
    try (RedisClient redis = TestRedis.empty();
        JournalInstance careful = JournalInstance.open(redis, settings -> settings.replicas(1));
        JournalInstance other = JournalInstance.open(redis)) {
      assertThat(careful.append("acme", 5)).isPositive();

      assertThatThrownBy(() -> careful.journal.sync(SHORT)).isInstanceOf(IOException.class);
      assertThat(careful.total("acme")).isEqualTo(5);
      assertThat(careful.journal.durable()).isZero();
      assertThat(other.total("acme")).isEqualTo(5);
      assertThat(other.journal.durable()).isEqualTo(1);
    }
  }

  /** An idle server answers that later than the time that it was given, and than our timeout. */
  @Test
  void answerThatNoReplicaHasIt_isWaitedFor() {
    try (UnifiedJedis usual = RedisUrl.parse("redis://localhost:" + TestRedis.port()).connect()) {
      JournalServer server = new JournalServer(usual, new JournalNames("monetize:"));
      assertThat(server.fence(1, 50)).isFalse();
      assertThat(server.fence(0, 50)).isTrue();
      try (Connection connection = ((RedisClient) usual).getPool().getResource()) {
        assertThat(connection.getSoTimeout()).as("as it was").isEqualTo(50);
      }
    }
  }

  @Test
  void replicas_thatAreAway_keepNobodyFromStarting_andAreWaitedFor() throws Exception {
    List<String> settings = List.of("save \"\"", "repl-diskless-sync-delay 0");
    try (TestNodes nodes = new TestNodes("replicas")) {
      TestNode primary = nodes.start(FreePorts.next(), settings).awaitReady();
      String url = "redis://127.0.0.1:" + primary.port() + "?timeout=100ms";
      try (UnifiedJedis redis = RedisUrl.parse(url).connect()) {
        try (JournalInstance one = JournalInstance.open(redis, of -> of.replicas(1))) {
          assertThat(one.append("acme", 5)).isPositive();
          assertThat(one.total("acme")).isEqualTo(5);
        }
        try (JournalInstance later = JournalInstance.open(redis, of -> of.replicas(1))) {
          assertThat(later.known("acme")).isEqualTo(5);
          assertThat(later.journal.durable()).isZero();

          List<String> following = new ArrayList<>(settings);
          following.add("replicaof 127.0.0.1 " + primary.port());
          TestNode unused = nodes.start(FreePorts.next(), following).awaitReady();
          TestNodes.await("the replica has it", () -> later.journal.durable() == 1);
          long next = later.append("acme", 5);
          later.journal.sync(Duration.ofSeconds(20));
          assertThat(later.journal.durable()).isEqualTo(next);
        }
      }
    }
  }

  @Test
  void settings_areBounded() {
    try (RedisClient redis = TestRedis.empty()) {
      RedisUsageJournalBuilder settings = RedisUsageJournal.on(redis);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> settings.prefix("a{b}"))
          .withMessage("prefix must not be empty, and hold no brace, got \"a{b}\"");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> settings.patience(Duration.ofSeconds(2)))
          .withMessage("patience must be from PT0.001S to PT1S, got PT2S");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> settings.memory(5))
          .withMessage("memory must be from 65536 to 1073741824, got 5");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> settings.replicas(-1))
          .withMessage("replicas must be from 0 to 10, got -1");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> settings.retention(Duration.ofMinutes(1)))
          .withMessage("retention must be from PT1H to PT876000H, got PT1M");
    }
  }

  @Test
  void services_thatShareAServer_areToldApartByPrefix() throws Exception {
    try (RedisClient redis = TestRedis.empty();
        JournalInstance one = JournalInstance.open(redis, settings -> settings.prefix("a:"));
        JournalInstance other = JournalInstance.open(redis, settings -> settings.prefix("b:"))) {
      one.append("acme", 5);

      assertThat(one.total("acme")).isEqualTo(5);
      assertThat(other.total("acme")).isZero();
      assertThat(other.journal.id()).isNotEqualTo(one.journal.id());
    }
  }
}
