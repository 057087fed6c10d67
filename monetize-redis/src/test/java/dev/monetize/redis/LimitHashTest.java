// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LimitHashTest {

  private static List<Limit> limits(String... ids) {
    return Stream.of(ids).<Limit>map(id -> RateLimit.of(id, 1, Duration.ofSeconds(1))).toList();
  }

  /** Two names that hash alike, of the first that come. */
  private static String[] alike() {
    Map<Integer, String> names = new HashMap<>();
    for (int i = 0; ; i++) {
      String name = "limit-" + i;
      String other = names.put(LimitHash.of(name), name);
      if (other != null) {
        return new String[] {other, name};
      }
    }
  }

  @Test
  void limitsOfASet_haveEachAnotherHash_alsoWhereNamesHashAlike() {
    String[] alike = alike();
    int[] hashes = LimitHash.of(limits("a", alike[0], alike[1], "b"));

    assertThat(Arrays.stream(hashes).distinct().count()).isEqualTo(4);
    assertThat(hashes[1]).isEqualTo(LimitHash.of(alike[0]));
    assertThat(hashes[2]).isEqualTo(hashes[1] + 1);
  }

  @Test
  void hash_isOfTheName_whateverElseIsInTheSet() {
    int alone = LimitHash.of(limits("calls"))[0];

    assertThat(LimitHash.of(limits("a", "calls", "b"))[1]).isEqualTo(alone).isEqualTo(0xf46f5990);
  }
}
