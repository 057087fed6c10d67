// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.monetize.identity.MonetizeKeys.Mode;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MonetizeKeysTest {

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String LIVE = "mk_live_0123456789ABCDEFGHIJKLMNOPQRST29q0WF";
  private static final long SEED = 20260114;

  private final SecureRandom random = new SecureRandom();
  private final MonetizeKeys keys = MonetizeKeys.under(pepper("p1", 0));

  private static Pepper pepper(String id, int first) {
    byte[] secret = new byte[32];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) (first + i);
    }
    return Pepper.of(id, secret);
  }

  /**
   * Made by an independent program (Python's zlib, hmac and hashlib): stored hashes depend on it.
   */
  @ParameterizedTest
  @CsvSource({
    LIVE + ",d2974b81d99482c2e51fdd96d60838b8e819aaffd4c87111e9525caf98cdf26b",
    "mk_test_0123456789ABCDEFGHIJKLMNOPQRST2rklT2,"
        + "efad9b807f156e6a3f5339a105820a91f2ea5e42b06816793d403d295055d518"
  })
  void format_neverChanges(String key, String hash) {
    assertThat(keys.recognizes(key)).isTrue();
    assertThat(keys.hash(key).hex()).isEqualTo(hash);
  }

  /** Made by an independent program, too: instances of two releases must know one key. */
  @ParameterizedTest
  @CsvSource({
    "LIVE,mk_live_WPFyN6pVjYJukGvPBo1Vc6OBpzR2Ue09DzOL",
    "TEST,mk_test_wOsdMV7KVnEnohNYJymbPGvKB2LNKt0mxppO"
  })
  void derived_neverChanges(Mode mode, String key) {
    byte[] secret = "a secret of the demo".getBytes(StandardCharsets.US_ASCII);

    IssuedKey derived = keys.derive(secret, "demo-free", mode);

    assertThat(derived.hash()).isEqualTo(keys.hash(key));
    assertThat(derived.takeSecret()).isEqualTo(key);
    assertThat(keys.recognizes(key)).isTrue();
    assertThat(keys.derive(secret, "demo-pro", mode).takeSecret()).isNotEqualTo(key);
    assertThat(keys.derive(new byte[] {1}, "demo-free", mode).takeSecret()).isNotEqualTo(key);
  }

  @Test
  void generated_isRecognizedAndHashed() {
    for (Mode mode : Mode.values()) {
      IssuedKey issued = keys.generate(random, mode);
      String secret = issued.takeSecret();

      assertThat(secret)
          .matches("mk_(live|test)_[0-9A-Za-z]{36}")
          .contains(mode.name().toLowerCase(Locale.ROOT));
      assertThat(keys.recognizes(secret)).isTrue();
      assertThat(keys.hash(secret)).isEqualTo(issued.hash());
    }
  }

  @Test
  void generated_differ() {
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      secrets.add(keys.generate(random, Mode.LIVE).takeSecret());
    }
    assertThat(secrets).hasSize(1_000);
  }

  @Test
  void secret_isTakenOnce() {
    IssuedKey issued = keys.generate(random, Mode.LIVE);
    issued.takeSecret();

    assertThatThrownBy(issued::takeSecret)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the secret of IssuedKey[%s] has been taken already", issued.hash().shortId());
  }

  @Test
  void recognizes_noKeyWithOneWrongCharacter() {
    for (String key : sample(50)) {
      for (int i = 0; i < key.length(); i++) {
        for (char c : (ALPHABET + "_- \0é\ud800").toCharArray()) {
          String wrong = key.substring(0, i) + c + key.substring(i + 1);
          boolean otherMode = !wrong.startsWith("mk_live_") && !wrong.startsWith("mk_test_");
          if (c != key.charAt(i)) {
            assertThat(keys.recognizes(wrong)).as("seed %d: %s", SEED, wrong).isFalse();
          } else {
            assertThat(otherMode).isFalse();
          }
        }
      }
    }
  }

  @Test
  void recognizes_noKeyWithTwoCharactersSwapped() {
    for (String key : sample(200)) {
      for (int i = 0; i < key.length(); i++) {
        for (int j = i + 1; j < key.length(); j++) {
          char[] swapped = key.toCharArray();
          swapped[i] = key.charAt(j);
          swapped[j] = key.charAt(i);
          if (swapped[i] != swapped[j]) {
            assertThat(keys.recognizes(new String(swapped)))
                .as("seed %d: %s with %d and %d swapped", SEED, key, i, j)
                .isFalse();
          }
        }
      }
    }
  }

  private List<String> sample(int size) {
    Random seeded = new Random(SEED);
    return IntStream.range(0, size).mapToObj(i -> seededKey(seeded)).toList();
  }

  private static String seededKey(Random seeded) {
    StringBuilder key = new StringBuilder(seeded.nextBoolean() ? "mk_live_" : "mk_test_");
    for (int i = 0; i < 30; i++) {
      key.append(ALPHABET.charAt(seeded.nextInt(62)));
    }
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(key.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    return key + Base62.digits(crc.getValue(), 6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "mk_live_",
        "MK_LIVE_0123456789ABCDEFGHIJKLMNOPQRST29q0WF",
        " " + LIVE,
        LIVE + " ",
        LIVE + "\0",
        LIVE + "," + LIVE,
        "mk_test_0123456789ABCDEFGHIJKLMNOPQRST29q0WF",
        "mk_live_012345678９ABCDEFGHIJKLMNOPQRST29q0WF",
        "mk_live_\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d"
            + "\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d"
            + "\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00",
        "mk_live_\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
      })
  void recognizes_nothingElse(String presented) {
    assertThat(keys.recognizes(presented)).isFalse();
    assertThatThrownBy(() -> keys.hash(presented))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a key of ours: ask recognizes() first");
  }

  @Test
  void recognizes_randomTextOfAnyLength_never() {
    Random seeded = new Random(SEED);
    for (int length = 0; length < 16_384; length = length * 2 + 1) {
      StringBuilder text = new StringBuilder("mk_live_");
      seeded.ints(length, 0, 0x1_0000).forEach(c -> text.append((char) c));
      assertThat(keys.recognizes(text.toString())).isFalse();
    }
  }

  @Test
  void recognizes_withoutAllocation() {
    String wrong = LIVE.replace('9', '8');
    countRecognized(wrong, 100_000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    countRecognized(LIVE, 10_000);
    countRecognized(wrong, 10_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).as("bytes of 20,000 calls").isLessThan(20_000);
  }

  private int countRecognized(String key, int times) {
    int count = 0;
    for (int i = 0; i < times; i++) {
      count += keys.recognizes(key) ? 1 : 0;
    }
    return count;
  }

  @Test
  void hash_allocatesLessThan300Bytes() {
    for (int i = 0; i < 50_000; i++) {
      keys.hash(LIVE);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      keys.hash(LIVE);
    }
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 10_000).isLessThan(300);
  }

  @Test
  void hash_isTheSameOnManyThreads() {
    KeyHash expected = keys.hash(LIVE);

    assertThat(IntStream.range(0, 20_000).parallel().mapToObj(i -> keys.hash(LIVE)).distinct())
        .containsExactly(expected);
  }

  @Test
  void olderPepper_stillFindsItsKeys() {
    Pepper old = pepper("p1", 0);
    IssuedKey issued = MonetizeKeys.under(old).generate(random, Mode.LIVE);
    String secret = issued.takeSecret();
    MonetizeKeys rotated = MonetizeKeys.under(pepper("p2", 100), old);

    assertThat(rotated.hash(secret)).isNotEqualTo(issued.hash());
    assertThat(rotated.olderHashes(secret)).containsExactly(issued.hash());
    assertThat(keys.olderHashes(secret)).isEmpty();
  }

  @Test
  void hash_isNotPlainHmacOfThePepper() throws Exception {
    javax.crypto.Mac plain = javax.crypto.Mac.getInstance("HmacSHA256");
    plain.init(new javax.crypto.spec.SecretKeySpec(pepper("p1", 0).secret(), "HmacSHA256"));
    byte[] hash = plain.doFinal(LIVE.getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    assertThat(keys.hash(LIVE)).isNotEqualTo(KeyHash.ofBytes(hash));
  }

  @Test
  void pepper_tooShortOrOddlyNamed_isRefused() {
    assertThatThrownBy(() -> Pepper.of("p", new byte[31]))
        .hasMessage("pepper \"p\" must have 32 to 1,024 bytes, got 31");
    assertThatThrownBy(() -> Pepper.of("a:b", new byte[32]))
        .hasMessageContaining("pepper id must be")
        .hasMessageContaining("\"a:b\"");
  }
}
