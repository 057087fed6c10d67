// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.List;
import java.util.Optional;

/**
 * Customers and keys that we keep ourselves. What {@code put} and {@code add} returned from is
 * durable.
 */
public interface CustomerStore extends Customers {

  /** A customer by id. */
  Optional<Customer> customer(String id);

  /** A customer's keys, those no longer valid among them, oldest first. */
  List<ApiKey> keys(String customer);

  /** A key by id, valid or not. */
  Optional<ApiKey> key(String id);

  /** Adds a customer, or replaces the one with its id. */
  void put(Customer customer);

  /**
   * Adds a key, or replaces the one with its id.
   *
   * @throws IllegalArgumentException if that one is another customer's, or another key has its hash
   */
  void put(ApiKey key);

  /**
   * Adds a customer, unless there is one with its id. Of several processes that add one at once,
   * one does.
   *
   * @return whether it was added
   */
  boolean add(Customer customer);

  /**
   * Adds a key, unless there is one with its id, valid or not. Of several processes that add one at
   * once, one does.
   *
   * @return whether it was added
   * @throws IllegalArgumentException if another key has its hash
   */
  boolean add(ApiKey key);

  /**
   * Replaces a key by what becomes of it, such as the same one revoked, unless it has become
   * another meanwhile. Of several processes that replace one at once, one does.
   *
   * @param present what it is
   * @param next of the same id, customer and hash
   * @return whether it was replaced
   */
  boolean replace(ApiKey present, ApiKey next);
}
