// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls that went on asynchronously and have not come to their end. When the filter is taken out of
 * service, those that the container did not wait for are settled for what was sent so far. Others
 * need not be known: a container ends them before it lets a filter go. Thread-safe.
 */
final class OpenCalls {

  private final Set<AsyncCall> open = ConcurrentHashMap.newKeySet();

  void opened(AsyncCall call) {
    open.add(call);
  }

  void ended(AsyncCall call) {
    open.remove(call);
  }

  /** Settles all of them. */
  void cutOff() {
    open.forEach(AsyncCall::cutOff);
  }
}
