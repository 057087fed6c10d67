// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Credential;
import dev.monetize.identity.KeyFormat;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the API key of a request: from {@code X-API-Key}, or from {@code Authorization: Bearer} if
 * what stands there can be a key of ours (else it is somebody else's token).
 *
 * <p>One place, one value. A header given twice, two keys that differ, and a header name that some
 * proxies and gateways fold into ours are refused, because somebody on the way may have read
 * another key than we would.
 */
final class PresentedKey {

  private static final String HEADER = "X-API-Key";
  private static final String BEARER = "Bearer ";

  /** Names that CGI-like hosts and careless proxies take for {@link #HEADER}. */
  private static final List<String> ALIASES =
      List.of(
          "X_API_Key",
          "X-API_Key",
          "X_API-Key",
          "X.API.Key",
          "X-API.Key",
          "X.API-Key",
          "X_API.Key",
          "X.API_Key");

  private static final Credential TWICE =
      new Credential.Ambiguous("The header X-API-Key was given more than once.");
  private static final Credential BEARER_TWICE =
      new Credential.Ambiguous("The header Authorization was given more than once.");
  private static final Credential TWO_KEYS =
      new Credential.Ambiguous("X-API-Key and Authorization hold different keys.");
  private static final Credential ALIAS =
      new Credential.Ambiguous(
          "A header was given whose name differs from X-API-Key only by '_' or '.'.");

  Credential of(HttpServletRequest request, KeyFormat format) {
    String key = request.getHeader(HEADER);
    String authorization = request.getHeader("Authorization");
    if (hasAlias(request)) {
      return ALIAS;
    }
    if (key != null && isDoubled(request, HEADER)) {
      return TWICE;
    }
    if (authorization != null && isDoubled(request, "Authorization")) {
      return BEARER_TWICE;
    }
    String bearer = bearer(authorization, format);
    if (key == null) {
      return bearer == null ? Credential.NONE : Credential.key(bearer);
    }
    return bearer == null || bearer.equals(key.strip()) ? Credential.key(key.strip()) : TWO_KEYS;
  }

  private static @Nullable String bearer(@Nullable String authorization, KeyFormat format) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return null;
    }
    String token = authorization.substring(BEARER.length()).strip();
    return format.claims(token) ? token : null;
  }

  private static boolean isDoubled(HttpServletRequest request, String name) {
    Enumeration<String> values = request.getHeaders(name);
    if (values == null || !values.hasMoreElements()) {
      return false;
    }
    values.nextElement();
    return values.hasMoreElements();
  }

  private static boolean hasAlias(HttpServletRequest request) {
    for (int i = 0; i < ALIASES.size(); i++) {
      if (request.getHeader(ALIASES.get(i)) != null) {
        return true;
      }
    }
    return false;
  }
}
