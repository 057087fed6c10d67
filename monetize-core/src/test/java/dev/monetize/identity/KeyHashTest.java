// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class KeyHashTest {

  private static final String HEX =
      "00112233445566778899aabbccddeefff0e1d2c3b4a5968778695a4b3c2d1e0f";

  @Test
  void hex_isReadBack() {
    KeyHash hash = KeyHash.ofHex(HEX);

    assertThat(hash.hex()).isEqualTo(HEX);
    assertThat(KeyHash.ofHex(HEX.toUpperCase(Locale.ROOT))).isEqualTo(hash).hasSameHashCodeAs(hash);
    assertThat(hash.a()).isEqualTo(0x0011223344556677L);
    assertThat(hash.d()).isEqualTo(0x78695A4B3C2D1E0FL);
  }

  @Test
  void shortId_isTheFirstTenDigits() {
    assertThat(KeyHash.ofHex(HEX).shortId()).isEqualTo("0011223344");
    assertThat(KeyHash.ofHex(HEX)).hasToString("KeyHash[00112233…]");
  }

  @Test
  void equals_tellsEachPart() {
    KeyHash hash = new KeyHash(1, 2, 3, 4);

    assertThat(hash)
        .isEqualTo(new KeyHash(1, 2, 3, 4))
        .isNotEqualTo(new KeyHash(0, 2, 3, 4))
        .isNotEqualTo(new KeyHash(1, 0, 3, 4))
        .isNotEqualTo(new KeyHash(1, 2, 0, 4))
        .isNotEqualTo(new KeyHash(1, 2, 3, 0));
  }

  @Test
  void malformed_isRefused() {
    assertThatThrownBy(() -> KeyHash.ofBytes(new byte[31]))
        .hasMessage("a key hash has 32 bytes, got 31");
    assertThatThrownBy(() -> KeyHash.ofHex("abc"))
        .hasMessage("a key hash has 64 hexadecimal digits, got 3 characters");
    assertThatThrownBy(() -> KeyHash.ofHex("g" + HEX.substring(1)))
        .hasMessage("a key hash has hexadecimal digits only");
  }
}
