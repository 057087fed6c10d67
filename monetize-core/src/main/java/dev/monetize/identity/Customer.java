// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

/**
 * Who pays: an id of the app's choosing, and a name for people to read.
 *
 * @param id 1 to 128 characters of {@code A-Z a-z 0-9 . _ : @ -}
 * @param name at most 200 characters, no control characters or line breaks
 */
public record Customer(String id, String name) implements Entry {

  public Customer {
    Valid.id("customer id", id);
    Valid.text("customer name", name, 200);
  }
}
