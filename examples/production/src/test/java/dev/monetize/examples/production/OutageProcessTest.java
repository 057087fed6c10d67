// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an instance does without what it needs. */
class OutageProcessTest {

  @TempDir private Path data;

  @Test
  void redisThatGoesAway_isNoErrorOfTheApi() throws Exception {
    RedisProcess redis = new RedisProcess();
    try (InstanceProcess instance =
        InstanceProcess.start(InstanceProcess.environment(redis.url(), data)).awaitReady()) {
      Api api = instance.api();
      String free = instance.key("free");
      InputStream stream = api.stream(instance.key("pro"), "word ".repeat(2_000));
      for (int i = 0; i < 4; i++) {
        assertThat(api.hello(free)).isEqualTo(200);
      }

      redis.close();

      assertThat(api.hello(free)).isEqualTo(200);
      for (int i = 0; i < 20; i++) {
        assertThat(api.hello(free)).isIn(200, 429);
      }
      assertThat(api.hello(free)).as("the limit is held").isEqualTo(429);
      assertThat(api.hello(instance.key("enterprise"))).as("nobody knows whose").isEqualTo(503);
      assertThat(api.get("nonsense", "/health").statusCode()).isEqualTo(200);
      assertThat(stream.read()).as("a call under way goes on").isPositive();
      assertThat(instance.terminate(5)).isTrue();
    } finally {
      redis.close();
    }
  }

  private static void refused(Map<String, String> environment, String... lines)
      throws IOException, InterruptedException {
    try (InstanceProcess instance = InstanceProcess.start(environment)) {
      assertThat(instance.errors().lines()).containsExactly(lines);
      assertThat(instance.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void emptyEnvironment_isRefused_withALineForEachVariable() throws Exception {
    refused(
        Map.of(),
        "REDIS_URL is not set: where Redis is: redis://user:password@host:6379; the same in all"
            + " instances",
        "MONETIZE_PEPPER is not set: the secret under which keys are hashed, of 16 bytes or more;"
            + " the same in all instances",
        "MONETIZE_DEMO_SECRET is not set: the secret that the demo customers' keys are made of; the"
            + " same in all instances");
  }

  @Test
  void wrongValues_areRefused_andNotRepeated() throws Exception {
    Map<String, String> environment =
        new HashMap<>(InstanceProcess.environment("redis://u:se/cret@h", data));
    environment.put("MONETIZE_PEPPER", "pepper of tests");
    environment.put("PORT", "http");

    refused(
        environment,
        "REDIS_URL cannot be read: the Redis URL is wrong: an @ stands behind its addresses: in user"
            + " and password, / ? # @ are %2F %3F %23 %40; expected"
            + " redis://user:password@host:6379/0",
        "MONETIZE_PEPPER must have at least 16 bytes, got 15",
        "PORT must be a number from 0 to 65535");
  }

  @Test
  void redisThatIsNotThere_isRefused() throws Exception {
    int port = FreePorts.next();
    refused(
        InstanceProcess.environment("redis://:secret@localhost:" + port, data),
        "Redis at redis://localhost:"
            + port
            + ": no server can be reached; see that one is up, and that the client has its address"
            + " (Failed to connect to localhost:"
            + port
            + ".)");
  }
}
