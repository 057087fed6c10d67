// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.redis.UrlParts.Login;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.HostAndPort;

class RedisUrlTest {

  private static final String SERVER = "; expected redis://user:password@host:6379/0";
  private static final String SENTINEL =
      "; expected redis+sentinel://user:password@host:26379,host:26379/name-of-master/0";
  private static final String CLUSTER =
      "; expected redis+cluster://user:password@host:6379,host:6379";

  private static UrlParts read(String url) {
    return RedisUrl.parse(url).parts();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "redis://h redis://h:6379",
        "redis://h/ redis://h:6379",
        "redis://h:1/15 redis://h:1/15",
        "rediss://u:p@h:1/15 rediss://h:1/15",
        "REDIS://h redis://h:6379",
        "redis://10.0.0.1:7000 redis://10.0.0.1:7000",
        "redis://:p@[::1]:7000/1 redis://[::1]:7000/1",
        "redis://[fe80::1%25eth0] redis://[fe80::1%eth0]:6379",
        "redis+sentinel://a,b:1,[::2]/m redis+sentinel://a:26379,b:1,[::2]:26379/m",
        "redis+sentinel://u:p@a/m/2 redis+sentinel://a:26379/m/2",
        "rediss+sentinel://a/m rediss+sentinel://a:26379/m",
        "redis-sentinel://:p@a,b/2?sentinelMasterId=m redis+sentinel://a:26379,b:26379/m/2",
        "redis-sentinel://a/2#m redis+sentinel://a:26379/m/2",
        "rediss-sentinel://a?sentinelMasterId=m rediss+sentinel://a:26379/m",
        "redis+cluster://u:p@a,b:1 redis+cluster://a:6379,b:1",
        "redis+cluster://a/0 redis+cluster://a:6379",
        "rediss+cluster://a rediss+cluster://a:6379",
        "redis-cluster://a redis+cluster://a:6379",
      })
  void url_leadsToWhatItSays(String url, String expected) {
    assertThat(RedisUrl.parse(url)).hasToString(expected);
  }

  @Test
  void addresses_keepTheirOrder() {
    assertThat(read("redis+sentinel://c:3,a:1,[::1%25lo]:2/m").hosts())
        .containsExactly(
            new HostAndPort("c", 3), new HostAndPort("a", 1), new HostAndPort("::1%lo", 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '"',
      value = {
        "redis://h \"\" \"\"",
        "redis://:secret@h \"\" secret",
        "redis://user:secret@h user secret",
        "redis://us%65r:%2F%3F%23%40%25%3A+@h user /?#@%:+",
        "redis://u:a:b@h u a:b",
        "redis://u:a@b@h u a@b",
        "redis://u:p%C3%A4ss%F0%9F%99%82@h u päss🙂",
        "redis+sentinel://u:p@h/m?sentinel_password=x u p",
        "redis+cluster://u:p@h u p",
      })
  void userAndPassword_areUnescaped(String url, String user, String password) {
    assertThat(read(url).servers()).isEqualTo(new Login(user, password));
  }

  @Test
  void sentinels_areToldTheirOwnPassword() {
    assertThat(read("redis+sentinel://u:p@h/m").sentinels()).isEqualTo(Login.NONE);
    assertThat(read("redis+sentinel://u:p@h/m?sentinel_password=%26x").sentinels())
        .isEqualTo(new Login("", "&x"));
    assertThat(
            read("redis+sentinel://h/m?sentinel_username=a&sentinel_password=b&timeout=1s")
                .sentinels())
        .isEqualTo(new Login("a", "b"));
  }

  @Test
  void timeout_is50MsUnlessSaid() {
    assertThat(read("redis://h").timeoutMillis()).isEqualTo(50);
    assertThat(read("redis://h/1?timeout=200ms").timeoutMillis()).isEqualTo(200);
    assertThat(read("redis+cluster://h?timeout=2s").timeoutMillis()).isEqualTo(2_000);
  }

  private static void refused(String url, String message) {
    assertThatThrownBy(() -> RedisUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message)
        .hasNoCause();
  }

  private static void wrong(String url, String what) {
    refused(url, "the Redis URL is wrong: " + what);
  }

  @Test
  void otherUrls_areRefusedWithTheFormsThereAre() {
    for (String url :
        List.of("", "h:6379", "http://h", "redis:h", "redis:/h", "redis+tls://h", "u:p@h", "\n")) {
      refused(
          url,
          "a Redis URL is redis://user:password@host:6379/0,"
              + " redis+sentinel://user:password@host:26379,host:26379/name-of-master/0 or"
              + " redis+cluster://user:password@host:6379,host:6379; with rediss for TLS");
    }
  }

  @Test
  void wrongAddresses_areRefusedByNumber() {
    String what =
        "address %d is no name or IP address with a port behind it, an IPv6 address in [ ]";
    wrong("redis://", what.formatted(1) + SERVER);
    wrong("redis:///0", what.formatted(1) + SERVER);
    wrong("redis://u:p@", what.formatted(1) + SERVER);
    wrong("redis://h:", what.formatted(1) + SERVER);
    wrong("redis://h ", what.formatted(1) + SERVER);
    wrong("redis://::1", what.formatted(1) + SERVER);
    wrong("redis+cluster://a,", what.formatted(2) + CLUSTER);
    wrong("redis+sentinel://a,b,c:d/m", what.formatted(3) + SENTINEL);
    wrong("redis://h:0", "the port of address 1 is not from 1 to 65535" + SERVER);
    wrong("redis+cluster://h,h:65536", "the port of address 2 is not from 1 to 65535" + CLUSTER);
    wrong(
        "redis://a,b",
        "it has several addresses; those of sentinels begin with redis+sentinel, those of a cluster"
            + " with redis+cluster"
            + SERVER);
  }

  @Test
  void wrongLogins_areRefused() {
    String what = "before its @ stands user:password, or :password where there is no user";
    for (String login : List.of("", ":", "user", "user:")) {
      wrong("redis://" + login + "@h", what + SERVER);
    }
    wrong("redis://u:50%off@h", "a % in user or password is no escape: it is %25 itself" + SERVER);
    wrong("redis://u:%FF@h", "what is escaped in user and password is not UTF-8" + SERVER);
    for (String sign : List.of("/", "?", "#")) {
      wrong(
          "redis://u:p" + sign + "w@h/0",
          "an @ stands behind its addresses: in user and password, / ? # @ are %2F %3F %23 %40"
              + SERVER);
    }
  }

  @Test
  void wrongPaths_areRefused() {
    for (String url :
        List.of("redis://h/a", "redis://h/-1", "redis://h/1/2", "redis://h/1234567890")) {
      wrong(url, "the path ends with the number of a database, from 0" + SERVER);
    }
    wrong(
        "redis+sentinel://h/m/m", "the path ends with the number of a database, from 0" + SENTINEL);
    wrong("redis+cluster://h/1", "a cluster has database 0 only" + CLUSTER);
    for (String url :
        List.of("redis+sentinel://h", "redis+sentinel://h/", "redis+sentinel://h/a%20b")) {
      wrong(url, "behind the addresses of sentinels stands what they call the master" + SENTINEL);
    }
    wrong("redis://h/0#m", "only redis+sentinel has the name of a master" + SERVER);
    wrong(
        "redis+cluster://h?sentinelMasterId=m",
        "only redis+sentinel has the name of a master" + CLUSTER);
  }

  @Test
  void wrongOptions_areRefused() {
    String what =
        "behind its ? stand timeout=, sentinelMasterId=, sentinel_username= and sentinel_password="
            + " only, each once, with & between";
    for (String query : List.of("a=b", "timeout", "timeout=1s&timeout=2s", "Timeout=1s")) {
      wrong("redis://h?" + query, what + SERVER);
    }
    for (String time : List.of("5", "0ms", "-1s", "1 s", "1m", "123456ms")) {
      wrong(
          "redis://h?timeout=" + time,
          "its timeout is no number of milliseconds or seconds, such as 100ms or 2s" + SERVER);
    }
  }

  @Test
  void password_isNeverRepeated() {
    long seed = Long.getLong("monetize.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> urls =
        List.of(
            "redis://user:QZXJ@host:6379/0",
            "rediss+sentinel://user:QZXJ@a:1,b:2/name/0?sentinel_password=QZXJ&timeout=50ms",
            "redis-sentinel://:QZXJ@a/0?sentinelMasterId=m",
            "redis+cluster://user:QZXJ@[::1]:1,b:2?timeout=2s");
    String signs = ":/?#%&=[],+. \n-0x";
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder url = new StringBuilder(urls.get(random.nextInt(urls.size())));
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        int at = random.nextInt(url.length());
        if (random.nextInt(3) == 0) {
          url.deleteCharAt(at);
        } else {
          url.insert(at, signs.charAt(random.nextInt(signs.length())));
        }
      }
      refused += saysNothing(url.toString()) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(10_000);
  }

  /** Whether a URL was read; what is said of it has no letter of the password. */
  private static boolean saysNothing(String url) {
    try {
      RedisUrl read = RedisUrl.parse(url);
      assertThat(read.parts().servers().toString()).isEqualTo("Login[hidden]");
      if (url.indexOf('@') > 0 && !read.parts().servers().equals(Login.NONE)) {
        assertThat(read.toString()).as(url).doesNotContainPattern("[QZXJ]");
      }
      return true;
    } catch (IllegalArgumentException e) {
      assertThat(e.toString()).as(url).doesNotContainPattern("[QZXJ]");
      assertThat(e.getCause()).isNull();
      return false;
    }
  }
}
