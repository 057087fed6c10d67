// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.net.ConnectException;
import java.util.Locale;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Why Redis did not decide, and what to do about it. */
enum Fault {
  AWAY(true, "it does not answer. Look after it and the network; nothing is to be done here"),
  NO_MEMORY(true, "it is out of memory. Raise maxmemory, and let no eviction take limits"),
  READ_ONLY(true, "it is a replica, which takes no writes. Connect to the primary, or by Sentinel"),
  NOT_READY(true, "it is loading, failing over, or busy with a script. It gets ready by itself"),
  NO_ENTRY(true, "it wants another user or password. Set the right ones and restart"),
  WRONG_STATE(false, "a key of ours holds something else. Delete it, or choose another prefix");

  private final boolean ofAll;
  private final String advice;

  Fault(boolean ofAll, String advice) {
    this.ofAll = ofAll;
    this.advice = advice;
  }

  /** Whether other subjects fare the same. */
  boolean ofAll() {
    return ofAll;
  }

  /** What is wrong, and what to do, as the rest of a sentence. */
  String advice() {
    return advice;
  }

  /** Whether a script that failed so has certainly done nothing. */
  static boolean doneNothing(RuntimeException failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof ConnectException)) {
      cause = cause.getCause();
    }
    return cause != null || failure instanceof JedisDataException;
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
        || message.startsWith("TRYAGAIN")) {
      return NOT_READY;
    }
    return WRONG_STATE;
  }
}
