// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may call: any secret or restricted test key, unless it was revoked. Guarded by the world. */
final class Keys {

  private final Set<String> revoked = new HashSet<>();
  private final Map<String, List<String>> restricted = new HashMap<>();

  void revoke(String key) {
    revoked.add(key);
  }

  void restrict(String key, List<String> paths) {
    restricted.put(key, paths);
  }

  /** The key of a call, as a bearer token or as the user of basic authentication. */
  static @Nullable String of(Call call) {
    String header = call.header("authorization");
    if (header != null && header.startsWith("Bearer ")) {
      return header.substring("Bearer ".length()).trim();
    }
    if (header != null && header.startsWith("Basic ")) {
      byte[] pair = Base64.getDecoder().decode(header.substring("Basic ".length()).trim());
      return new String(pair, StandardCharsets.UTF_8).split(":", 2)[0];
    }
    return null;
  }

  /** Refuses a call without a key that may make it. */
  void check(@Nullable String key, String path) {
    if (key == null || key.isEmpty()) {
      throw StripeError.of(
          401,
          StripeError.INVALID,
          null,
          "You did not provide an API key. You need to provide your API key in the Authorization"
              + " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
    }
    if (revoked.contains(key)) {
      throw StripeError.of(
          401, StripeError.INVALID, "api_key_expired", "Expired API Key provided: " + masked(key));
    }
    if (!key.startsWith("sk_test_") && !key.startsWith("rk_test_")) {
      throw StripeError.of(
          401, StripeError.INVALID, null, "Invalid API Key provided: " + masked(key));
    }
    List<String> allowed = restricted.get(key);
    if (allowed != null && allowed.stream().noneMatch(path::startsWith)) {
      throw StripeError.of(
          403,
          StripeError.INVALID,
          "permission_error",
          "The provided key '"
              + masked(key)
              + "' does not have the required permissions for this endpoint.");
    }
  }

  private static String masked(String key) {
    return key.length() < 16
        ? "****"
        : key.substring(0, 8) + "********" + key.substring(key.length() - 4);
  }
}
