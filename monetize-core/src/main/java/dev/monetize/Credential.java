// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.KeyOwner;
import java.util.Objects;

/** How a caller says who it is. Never prints a secret. */
public sealed interface Credential {

  /** The caller gave none. */
  Credential NONE = new None();

  /** An API key. */
  static Credential key(String presented) {
    return new Key(presented);
  }

  /**
   * A customer that the app has identified by itself: a session, a JWT, the container's principal.
   *
   * @param id 1 to 128 visible ASCII characters, without spaces
   * @throws IllegalArgumentException if it is not of these
   */
  static Credential customer(String id) {
    return new KnownCustomer(id, "principal");
  }

  /** The caller gave none. */
  record None() implements Credential {}

  /**
   * An API key as it was presented.
   *
   * @param presented the text, whatever it is
   */
  record Key(String presented) implements Credential {

    public Key {
      Objects.requireNonNull(presented, "presented");
    }

    @Override
    public String toString() {
      return "Key[hidden]";
    }
  }

  /**
   * A customer that the app itself vouches for.
   *
   * @param id the customer's id
   * @param key what stands for the key's id in usage and per-key limits
   */
  record KnownCustomer(String id, String key) implements Credential {

    public KnownCustomer {
      KeyOwner checked = new KeyOwner(id, key, null);
      id = checked.customer();
    }
  }

  /**
   * More than one reading is possible, so none is taken.
   *
   * @param detail what is wrong, for the caller to read; without any part of the key
   */
  record Ambiguous(String detail) implements Credential {

    public Ambiguous {
      Objects.requireNonNull(detail, "detail");
    }
  }
}
