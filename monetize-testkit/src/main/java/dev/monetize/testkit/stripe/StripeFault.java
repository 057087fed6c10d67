// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.time.Duration;

/**
 * What goes wrong with a call. Two things tell faults apart: whether the call was carried out, and
 * what the client hears of it.
 *
 * @param time how long it lasts, or what {@code Retry-After} says; zero where it means nothing
 */
public record StripeFault(Kind kind, Duration time) {

  /** The kinds of faults. */
  public enum Kind {
    /** Not carried out, the connection closed without an answer. */
    LOST,
    /** Carried out, the connection closed without an answer. */
    UNANSWERED,
    /** Not carried out, the connection reset. */
    RESET_BEFORE,
    /** Carried out, the connection reset. */
    RESET_AFTER,
    /** Not carried out, answered 500; the answer is kept under the idempotency key. */
    ERROR_BEFORE,
    /** Carried out, answered 500; the answer is kept under the idempotency key. */
    ERROR_AFTER,
    /** Not carried out, answered 429. */
    TOO_MANY,
    /** Not carried out, answered 409. */
    CONFLICT,
    /** Carried out after a while, and answered. The while is real time. */
    SLOW,
    /** Carried out and answered after {@link StripeFaults#release}. */
    HELD
  }

  /** {@link Kind#LOST}. */
  public static StripeFault lost() {
    return of(Kind.LOST);
  }

  /** {@link Kind#UNANSWERED}. */
  public static StripeFault unanswered() {
    return of(Kind.UNANSWERED);
  }

  /** {@link Kind#RESET_BEFORE}. */
  public static StripeFault resetBefore() {
    return of(Kind.RESET_BEFORE);
  }

  /** {@link Kind#RESET_AFTER}. */
  public static StripeFault resetAfter() {
    return of(Kind.RESET_AFTER);
  }

  /** {@link Kind#ERROR_BEFORE}. */
  public static StripeFault errorBefore() {
    return of(Kind.ERROR_BEFORE);
  }

  /** {@link Kind#ERROR_AFTER}. */
  public static StripeFault errorAfter() {
    return of(Kind.ERROR_AFTER);
  }

  /** {@link Kind#TOO_MANY} without {@code Retry-After}. */
  public static StripeFault tooMany() {
    return of(Kind.TOO_MANY);
  }

  /** {@link Kind#TOO_MANY} with {@code Retry-After}, in whole seconds. */
  public static StripeFault tooMany(Duration retryAfter) {
    return new StripeFault(Kind.TOO_MANY, retryAfter);
  }

  /** {@link Kind#CONFLICT}. */
  public static StripeFault conflict() {
    return of(Kind.CONFLICT);
  }

  /** {@link Kind#SLOW}. */
  public static StripeFault slow(Duration by) {
    return new StripeFault(Kind.SLOW, by);
  }

  /** {@link Kind#HELD}. */
  public static StripeFault held() {
    return of(Kind.HELD);
  }

  /** A kind without a time. */
  static StripeFault of(Kind kind) {
    return new StripeFault(kind, Duration.ZERO);
  }
}
