// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

/**
 * What came of an admitted call.
 *
 * @param kind how it ended
 * @param status the HTTP status of the answer; what the client had been sent if it left
 */
public record Outcome(Kind kind, int status) {

  private static final Outcome ABANDONED = new Outcome(Kind.ABANDONED, 0);

  /** How a call can end. */
  public enum Kind {
    /** It was answered; whether that is billed is the endpoint's rule on the status. */
    ANSWERED,
    /** It ended in an exception; never billed. */
    FAILED,
    /**
     * The client left before the answer was complete. Billed as an answer with the status that had
     * been sent: hanging up is no discount.
     */
    CLIENT_GONE,
    /** It was given up without an answer; never billed. */
    ABANDONED
  }

  /** The outcome of nearly every call. */
  private static final Outcome OK = new Outcome(Kind.ANSWERED, 200);

  /** Answered with a status. */
  public static Outcome answered(int status) {
    return status == 200 ? OK : new Outcome(Kind.ANSWERED, status);
  }

  /** Ended in an exception. */
  public static Outcome failed() {
    return new Outcome(Kind.FAILED, 500);
  }

  /**
   * The client left.
   *
   * @param status the status that had been sent, or 499 if none had
   */
  public static Outcome clientGone(int status) {
    return new Outcome(Kind.CLIENT_GONE, status);
  }

  /** Given up without an answer. */
  public static Outcome abandoned() {
    return ABANDONED;
  }

  boolean answered() {
    return kind == Kind.ANSWERED || kind == Kind.CLIENT_GONE;
  }

  boolean clientGone() {
    return kind == Kind.CLIENT_GONE;
  }
}
