// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/** Keys that an app has issued before it met us. */
record ExistingKeys(Predicate<String> looksLikeOurs, Function<String, KeyHash> hashing)
    implements KeyFormat {

  private static final int LONGEST = 512;

  ExistingKeys {
    Objects.requireNonNull(looksLikeOurs, "looksLikeOurs");
    Objects.requireNonNull(hashing, "hashing");
  }

  @Override
  public boolean recognizes(String presented) {
    return !presented.isEmpty() && presented.length() <= LONGEST && looksLikeOurs.test(presented);
  }

  @Override
  public KeyHash hash(String presented) {
    return hashing.apply(presented);
  }

  @Override
  public String toString() {
    return "ExistingKeys[]";
  }
}
