// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

/** Thrown by a listener that takes no more notices until someone sees to it. */
public final class ListenerGoneException extends RuntimeException {

  /** With what to tell who looks into it. */
  public ListenerGoneException(String message) {
    super(message);
  }
}
