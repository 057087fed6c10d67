// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExistingKeysTest {

  @Test
  void hash_isSha256OfUtf8() {
    KeyFormat format = KeyFormat.existing(key -> key.startsWith("host-"));

    assertThat(format.recognizes("host-key-1")).isTrue();
    assertThat(format.recognizes("other")).isFalse();
    assertThat(format.hash("host-key-1").hex())
        .isEqualTo("db4cb0180c17299890ab68645a8df74c0b301b34e633812120cca8ff1abe4b6a");
    assertThat(format.olderHashes("host-key-1")).isEmpty();
  }

  @Test
  void hash_isTheAppsOwnWhereGiven() {
    KeyHash own = new KeyHash(1, 2, 3, 4);

    assertThat(KeyFormat.existing(key -> true, key -> own).hash("x")).isEqualTo(own);
  }

  @Test
  void predicate_isNotAskedAboutEmptyOrLongTexts() {
    List<Integer> asked = new ArrayList<>();
    KeyFormat format = KeyFormat.existing(key -> asked.add(key.length()));

    assertThat(format.recognizes("")).isFalse();
    assertThat(format.recognizes("x".repeat(513))).isFalse();
    assertThat(format.recognizes("x".repeat(16_384))).isFalse();
    assertThat(format.recognizes("x".repeat(512))).isTrue();
    assertThat(asked).containsExactly(512);
  }
}
