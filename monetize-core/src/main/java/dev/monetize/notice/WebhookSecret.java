// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A secret that signs after the Standard Webhooks scheme, {@code v1}. Never printed. */
final class WebhookSecret {

  static final String PREFIX = "whsec_";
  private static final String HMAC = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * Reads {@code whsec_} and 24 to 64 bytes in base 64.
   *
   * @throws IllegalArgumentException if it is none; the message does not repeat it
   */
  WebhookSecret(String text) {
    byte[] bytes = {};
    if (text.startsWith(PREFIX)) {
      try {
        bytes = Base64.getDecoder().decode(text.substring(PREFIX.length()));
      } catch (IllegalArgumentException e) {
        bytes = new byte[0]; // whose message would show a part of it
      }
    }
    if (bytes.length < 24 || bytes.length > 64) {
      throw new IllegalArgumentException(
          "a webhook secret must be \"" + PREFIX + "\" and 24 to 64 bytes in base 64");
    }
    this.key = new SecretKeySpec(bytes, HMAC);
  }

  String sign(String id, long second, byte[] body) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      mac.update((id + "." + second + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + HMAC, e);
    }
  }
}
