// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Credential;
import dev.monetize.identity.KeyFormat;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Tells who a request says it comes from, and from which address: for the filter and /usage alike.
 */
final class RequestIdentity {

  private final PresentedKey keys = new PresentedKey();
  private volatile CredentialResolver resolver = request -> Credential.NONE;
  private volatile ClientAddress address = ClientAddress.ofConnection();

  void identifyBy(CredentialResolver resolver) {
    this.resolver = resolver;
  }

  void addressBy(ClientAddress address) {
    this.address = address;
  }

  Credential credential(HttpServletRequest request, KeyFormat format) {
    Credential presented = keys.of(request, format);
    return presented instanceof Credential.None ? resolver.resolve(request) : presented;
  }

  String address(HttpServletRequest request) {
    return address.of(request);
  }
}
