// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import java.util.Objects;

/**
 * One call of the API, as an adapter sees it.
 *
 * @param method the HTTP method; HEAD is given as GET
 * @param path the decoded path in normal form, from the slash on, without query
 * @param credential who the caller says it is
 * @param address the caller's network address, used to bound guesses at keys; never stored
 */
public record ApiCall(String method, String path, Credential credential, String address) {

  public ApiCall {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(credential, "credential");
    Objects.requireNonNull(address, "address");
  }

  /** A call with an API key, from an address that is not known. */
  public static ApiCall of(String method, String path, String key) {
    return new ApiCall(method, path, Credential.key(key), "");
  }
}
