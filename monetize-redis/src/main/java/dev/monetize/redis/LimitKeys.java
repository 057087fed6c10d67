// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Subject;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Names of a subject's states. Both have the customer as their hash tag, so that a cluster keeps
 * them in one slot; a brace in an id is written as {@code %7d}, so that the tag ends where it
 * should.
 */
final class LimitKeys {

  private final String prefix;

  /**
   * @param prefix begins every name, so that several services may share a Redis
   */
  LimitKeys(String prefix) {
    this.prefix = prefix;
  }

  /** The name of the customer's state, which begins those of the keys'. */
  String ofCustomer(Subject subject) {
    return prefix + '{' + subject.customer().replace("%", "%25").replace("}", "%7d") + '}';
  }

  List<byte[]> of(Subject subject, boolean perKey) {
    String customer = ofCustomer(subject);
    return perKey
        ? List.of(bytes(customer), bytes(customer + subject.key()))
        : List.of(bytes(customer));
  }

  private static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }
}
