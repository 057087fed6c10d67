// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Why Redis did not decide; {@link RedisAdvice} tells it in words. */
enum Fault {
  AWAY(true),
  NO_MEMORY(true),
  READ_ONLY(true),
  NOT_READY(true),
  NO_ENTRY(true),
  /** A key of ours holds something else. */
  WRONG_STATE(false);

  private final boolean ofAll;

  Fault(boolean ofAll) {
    this.ofAll = ofAll;
  }

  /** Whether other subjects fare the same. */
  boolean ofAll() {
    return ofAll;
  }

  /** Whether a script that failed so has certainly done nothing. */
  static boolean doneNothing(RuntimeException failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof ConnectException)) {
      cause = cause.getCause();
    }
    return cause != null
        || failure instanceof JedisDataException
        || failure instanceof Wire.NotAsked;
  }

  /** Whether the server was silent for as long as it was waited for. */
  static boolean isSilence(RuntimeException failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof SocketTimeoutException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  static Fault of(RuntimeException failure) {
    if (failure instanceof JedisAccessControlException) {
      return NO_ENTRY;
    }
    if (!(failure instanceof JedisDataException)) {
      return AWAY;
    }
    String message = String.valueOf(failure.getMessage()).toUpperCase(Locale.ROOT);
    if (message.startsWith("OOM")) {
      return NO_MEMORY;
    }
    if (message.startsWith("READONLY")) {
      return READ_ONLY;
    }
    if (message.startsWith("NOAUTH")
        || message.startsWith("WRONGPASS")
        || message.startsWith("NOPERM")
        || message.startsWith("ERR INVALID PASSWORD")) {
      return NO_ENTRY;
    }
    if (message.startsWith("LOADING")
        || message.startsWith("BUSY")
        || message.startsWith("MASTERDOWN")
        || message.startsWith("CLUSTERDOWN")
        || message.startsWith("TRYAGAIN")
        || message.startsWith("MISCONF")
        || message.startsWith("NOREPLICAS")) {
      return NOT_READY;
    }
    return WRONG_STATE;
  }
}
