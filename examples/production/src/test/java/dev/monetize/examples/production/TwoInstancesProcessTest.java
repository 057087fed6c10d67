// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes with one Redis are one service. */
class TwoInstancesProcessTest {

  @TempDir private static Path data;
  private static RedisProcess redis;
  private static InstanceProcess one;
  private static InstanceProcess other;

  /** Both at once, so that both find nobody there. */
  @BeforeAll
  static void start() throws IOException {
    redis = new RedisProcess();
    one = InstanceProcess.start(environment("one"));
    other = InstanceProcess.start(environment("other"));
    one.awaitReady();
    other.awaitReady();
  }

  @AfterAll
  static void stop() throws IOException {
    one.close();
    other.close();
    redis.close();
  }

  private static Map<String, String> environment(String name) {
    return InstanceProcess.environment(redis.url(), data.resolve(name));
  }

  @Test
  void keysAndWhereItListens_arePrinted() {
    assertThat(one.lines()).hasSize(4);
    assertThat(one.lines().get(0)).matches("key free mk_live_\\w{36}");
    assertThat(one.lines().get(1)).matches("key pro mk_live_\\w{36}");
    assertThat(one.lines().get(2)).matches("key enterprise mk_live_\\w{36}");
    assertThat(one.lines().get(3)).matches("ready http://localhost:\\d+");
    assertThat(other.lines().subList(0, 3)).isEqualTo(one.lines().subList(0, 3));
  }

  @Test
  void demoCustomers_areThere_inTheirTiers() throws Exception {
    for (String tier : new String[] {"free", "pro", "enterprise"}) {
      JsonNode customer = Api.json(one.api().admin("GET", "/customers/demo-" + tier, ""));
      assertThat(customer.path("subscription").path("tier").textValue()).isEqualTo(tier);
      assertThat(customer.path("keys").get(0).path("id").textValue())
          .matches("key_demo-" + tier + "_[0-9a-f]{10}");
    }
    assertThat(one.api().get(one.key("pro"), "/v1/reports/7").statusCode()).isEqualTo(200);
    HttpResponse<String> stats = other.api().get(one.key("enterprise"), "/v1/admin/stats");
    assertThat(stats.statusCode()).isEqualTo(200);
    assertThat(stats.headers().firstValue("X-RateLimit-Limit")).contains("1000000");
  }

  @Test
  void limit_isOneOverBoth() throws Exception {
    String free = one.key("free");
    for (int i = 9; i >= 0; i--) {
      HttpResponse<String> hello = (i % 2 == 0 ? one : other).api().get(free, Api.HELLO);
      assertThat(hello.statusCode()).isEqualTo(200);
      assertThat(hello.headers().firstValue("X-RateLimit-Remaining")).contains("" + i);
    }

    assertThat(one.api().hello(free)).isEqualTo(429);
    assertThat(other.api().hello(free)).isEqualTo(429);
  }

  @Test
  void keyIssuedOnOne_worksOnTheOther_untilItIsRevoked() throws Exception {
    one.api().admin("POST", "/customers", "{\"id\":\"acme\",\"tier\":\"pro\"}");
    JsonNode issued = Api.json(one.api().admin("POST", "/customers/acme/keys", "{}"));
    String key = issued.path("key").textValue();
    assertThat(other.api().hello(key)).isEqualTo(200);

    one.api().admin("DELETE", "/keys/" + issued.path("id").textValue(), "");

    long revoked = System.nanoTime();
    assertThat(one.api().hello(key)).isEqualTo(401);
    int answer;
    do {
      answer = other.api().hello(key);
    } while (answer == 200 && System.nanoTime() - revoked < Duration.ofSeconds(1).toNanos());
    assertThat(answer).isEqualTo(401);
  }

  @Test
  void demoKeyThatWasRevoked_staysSo_andIsAnotherWithAnotherSecret() throws Exception {
    Map<String, String> environment = environment("third");
    environment.put("MONETIZE_DEMO_SECRET", "another demo");
    String key;
    try (InstanceProcess third = InstanceProcess.start(environment).awaitReady()) {
      key = third.key("pro");
      assertThat(key).isNotEqualTo(one.key("pro"));
      assertThat(one.api().hello(key)).isEqualTo(200);
      JsonNode customer = Api.json(one.api().admin("GET", "/customers/demo-pro", ""));
      String id = customer.path("keys").get(1).path("id").textValue();
      assertThat(one.api().admin("DELETE", "/keys/" + id, "").statusCode()).isBetween(200, 204);
    }
    try (InstanceProcess again = InstanceProcess.start(environment).awaitReady()) {
      assertThat(again.key("pro")).isEqualTo(key);
      assertThat(again.api().hello(key)).isEqualTo(401);
      assertThat(again.api().hello(one.key("pro"))).isEqualTo(200);
    }
  }

  @Test
  void killOfOne_isNoMatterToTheOther_andLosesNothing() throws Exception {
    Map<String, String> environment = environment("killed");
    String enterprise = one.key("enterprise");
    try (InstanceProcess killed = InstanceProcess.start(environment).awaitReady()) {
      for (int i = 0; i < 5; i++) {
        assertThat(killed.api().generate(enterprise, "", "a b").statusCode()).isEqualTo(200);
      }
    }
    assertThat(one.api().get(enterprise, Api.HELLO).statusCode()).isEqualTo(200);
    try (InstanceProcess again = InstanceProcess.start(environment).awaitReady()) {
      assertThat(again.api().used(enterprise, "tokens")).isEqualTo(20);
    }
  }
}
