// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * The format of the keys that we issue: {@code mk_live_} or {@code mk_test_}, 30 random letters and
 * digits, and a checksum of six. 44 characters in all.
 *
 * <ul>
 *   <li>The random part holds 30·log₂62 = 178 bits: nobody guesses one, and a fast hash is enough
 *       to store it. Keys that people choose are not accepted.
 *   <li>The checksum is CRC-32 of all that stands before it, in base 62. It always tells one wrong
 *       character, and two neighbours swapped in the random part; of other mistakes and of
 *       inventions it misses one in 2³². So nearly all wrong keys are refused without a look-up,
 *       and scanners find leaked ones.
 *   <li>What is stored is HMAC-SHA-256 under a {@link Pepper}. Older peppers still find the keys
 *       hashed under them, so that a pepper can be rotated without a new key for anyone.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class MonetizeKeys implements KeyFormat {

  /** Characters of a key. */
  static final int LENGTH = 44;

  private static final int PREFIX = 8;
  private static final int RANDOM = 30;
  private static final int CHECKSUM = 6;

  private static final String DERIVED = "dev.monetize derived-key 1 ";

  private final PepperedHash current;
  private final List<PepperedHash> older;

  /** Whether a key is for real calls or for trying out; both are keys alike to us. */
  public enum Mode {
    /** Begins with {@code mk_live_}. */
    LIVE("mk_live_"),
    /** Begins with {@code mk_test_}. */
    TEST("mk_test_");

    private final String prefix;
    private final int crc;

    Mode(String prefix) {
      this.prefix = prefix;
      this.crc = Crc.steps(Crc.START, prefix);
    }
  }

  private MonetizeKeys(Pepper current, List<Pepper> older) {
    this.current = new PepperedHash(current);
    this.older = older.stream().map(PepperedHash::new).toList();
  }

  /** Keys hashed under a pepper, and found under older ones too. */
  public static MonetizeKeys under(Pepper current, Pepper... older) {
    return new MonetizeKeys(current, Arrays.asList(older));
  }

  /**
   * Keys hashed under the peppers in the file {@code pepper} of a data directory. Without one, it
   * is made, with 32 random bytes, readable by its owner only. Keep it in your backups, apart from
   * the accounts: without it, no issued key works any more.
   *
   * <p>A line is {@code id:base64url} of 32 bytes, the first one the current pepper, the others
   * older ones; blank lines and those that begin with {@code #} are skipped. To rotate: put a new
   * line on top and restart. Take the last line out when its keys have been replaced.
   *
   * @throws IllegalStateException if the file is damaged, or gone while keys are stored that need
   *     it
   * @throws java.io.UncheckedIOException if it can be neither read nor made
   */
  public static MonetizeKeys load(Path dataDirectory) {
    List<Pepper> peppers = PepperFile.load(dataDirectory);
    return new MonetizeKeys(peppers.get(0), peppers.subList(1, peppers.size()));
  }

  /** A new key. Its secret can be had from the answer once, and from nowhere else. */
  public IssuedKey generate(SecureRandom random, Mode mode) {
    return issued(Base62.random(random, RANDOM), mode);
  }

  /**
   * The key that a secret has for a name, always the same: for demos and tests, of which several
   * processes are to know one key. Whoever has the secret has the key.
   *
   * @param secret as hard to guess as the key is to be; at least one byte
   * @param name tells the keys of a secret apart
   */
  public IssuedKey derive(byte[] secret, String name, Mode mode) {
    byte[] message = (DERIVED + mode.prefix + name).getBytes(StandardCharsets.UTF_8);
    return issued(Base62.digits(new BigInteger(1, Hmac.of(secret, message)), RANDOM), mode);
  }

  private IssuedKey issued(String body, Mode mode) {
    long checksum = Crc.value(Crc.steps(mode.crc, body));
    String secret = mode.prefix + body + Base62.digits(checksum, CHECKSUM);
    return new IssuedKey(secret, hash(secret));
  }

  @Override
  public boolean recognizes(String presented) {
    if (presented.length() != LENGTH) {
      return false;
    }
    if (presented.startsWith(Mode.LIVE.prefix)) {
      return checks(presented, Mode.LIVE.crc);
    }
    return presented.startsWith(Mode.TEST.prefix) && checks(presented, Mode.TEST.crc);
  }

  private static boolean checks(String presented, int crcOfPrefix) {
    int crc = crcOfPrefix;
    for (int i = PREFIX; i < PREFIX + RANDOM; i++) {
      char c = presented.charAt(i);
      if (Base62.value(c) < 0) {
        return false;
      }
      crc = Crc.step(crc, c);
    }
    return Base62.number(presented, PREFIX + RANDOM) == Crc.value(crc);
  }

  /** Whether a text begins as one of ours does. */
  @Override
  public boolean claims(String presented) {
    return presented.startsWith(Mode.LIVE.prefix) || presented.startsWith(Mode.TEST.prefix);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if it isn't recognized; the message doesn't repeat it
   */
  @Override
  public KeyHash hash(String presented) {
    return current.of(ours(presented));
  }

  @Override
  public List<KeyHash> olderHashes(String presented) {
    if (older.isEmpty()) {
      return List.of();
    }
    ours(presented);
    return older.stream().map(hash -> hash.of(presented)).toList();
  }

  private String ours(String presented) {
    if (!recognizes(presented)) {
      throw new IllegalArgumentException("not a key of ours: ask recognizes() first");
    }
    return presented;
  }

  @Override
  public String toString() {
    return "MonetizeKeys[" + (1 + older.size()) + " peppers]";
  }
}
