// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Credential;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Identifies callers that bring no key of ours: by the container's principal, a session, a token
 * that a security filter before this one has checked. Thread-safe.
 *
 * <pre>{@code
 * request -> request.getUserPrincipal() == null
 *     ? Credential.NONE
 *     : Credential.customer(request.getUserPrincipal().getName())
 * }</pre>
 */
@FunctionalInterface
public interface CredentialResolver {

  /** Who the caller is; {@link Credential#NONE} if that cannot be told. */
  Credential resolve(HttpServletRequest request);
}
