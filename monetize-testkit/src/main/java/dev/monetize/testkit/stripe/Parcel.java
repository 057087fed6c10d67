// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

/** An event on its way to one listener. */
record Parcel(
    String listener,
    String url,
    String secret,
    String event,
    String type,
    String body,
    int attempt) {

  Parcel again() {
    return new Parcel(listener, url, secret, event, type, body, attempt + 1);
  }
}
