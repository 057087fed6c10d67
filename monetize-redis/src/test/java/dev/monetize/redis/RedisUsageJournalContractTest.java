// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.testkit.UsageJournalContract;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import redis.clients.jedis.RedisClient;

class RedisUsageJournalContractTest extends UsageJournalContract {

  private final RedisClient redis = TestRedis.empty();

  @Override
  protected UsageJournal open(InstantSource clock, List<JournalState> states) throws IOException {
    return JournalInstance.settings(redis).open(clock, states);
  }

  @Override
  protected boolean kill(UsageJournal journal) {
    ((RedisUsageJournal) journal).abandon();
    return true;
  }

  @AfterEach
  void close() {
    redis.close();
  }
}
