// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyDigestTest {

  private static final String LONG = "k".repeat(1_000);
  private final Map<KeyDigest, String> known =
      Map.of(
          KeyDigest.of("one"), "1",
          KeyDigest.of("zwölf"), "12",
          KeyDigest.of(LONG), "1000");

  @Test
  void lookUp_findsWhatWasPutUnderTheDigest() {
    assertThat(KeyDigest.<String>lookUp("one", known::get)).isEqualTo("1");
    assertThat(KeyDigest.<String>lookUp("zwölf", known::get)).isEqualTo("12");
    assertThat(KeyDigest.<String>lookUp(LONG, known::get)).isEqualTo("1000");
  }

  @Test
  void lookUp_ofAnotherKey_findsNothing() {
    assertThat(KeyDigest.<String>lookUp("One", known::get)).isNull();
    assertThat(KeyDigest.<String>lookUp("", known::get)).isNull();
    assertThat(KeyDigest.<String>lookUp(LONG + "k", known::get)).isNull();
  }

  @Test
  void equals_tellsEachPart() {
    byte[] bytes = new byte[32];
    bytes[0] = 1;
    bytes[8] = 2;
    bytes[16] = 3;
    bytes[24] = 4;
    KeyDigest digest = new KeyDigest().read(bytes);

    assertThat(digest).isEqualTo(new KeyDigest().read(bytes)).hasToString("KeyDigest[hidden]");
    for (int part = 0; part < 32; part += 8) {
      byte[] other = bytes.clone();
      other[part + 7]++;
      assertThat(digest).isNotEqualTo(new KeyDigest().read(other));
    }
  }
}
