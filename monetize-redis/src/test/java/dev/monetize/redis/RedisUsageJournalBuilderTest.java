// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.RedisClient;

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
