// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whether Stripe sent a body, and just now: {@code Stripe-Signature: t=<seconds>,v1=<hex of
 * HMAC-SHA256 of "t.body">}, where several {@code v1} are signatures by several secrets. Anything
 * else is refused; nothing here throws. Thread-safe.
 */
final class WebhookSignature {

  static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final int MOST_HEADER = 4096;
  private static final String ALGORITHM = "HmacSHA256";

  private final List<SecretKeySpec> secrets;

  /**
   * @param secrets as Stripe shows them, {@code whsec_…}; several while they are being changed
   */
  WebhookSignature(List<String> secrets) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("a webhook needs its signing secret, whsec_…");
    }
    this.secrets = secrets.stream().map(WebhookSignature::key).toList();
  }

  private static SecretKeySpec key(String secret) {
    if (secret.isBlank() || !secret.equals(secret.strip())) {
      throw new IllegalArgumentException(
          "a webhook's secret must be as Stripe shows it, whsec_…, without blanks");
    }
    return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  /** Why it is refused; empty if it is good. */
  Optional<String> fault(List<String> headers, byte[] body, Instant now) {
    if (headers.size() != 1) {
      return Optional.of("one Stripe-Signature is needed, got " + headers.size());
    }
    String header = headers.get(0);
    if (header.length() > MOST_HEADER) {
      return Optional.of("Stripe-Signature is too long");
    }
    String time = null;
    List<byte[]> signatures = new ArrayList<>();
    for (String part : header.split(",", -1)) {
      String[] pair = part.strip().split("=", 2);
      if (pair.length < 2) {
        return Optional.of("Stripe-Signature has a part without a value");
      }
      if (pair[0].equals("t")) {
        if (time != null || !pair[1].matches("[0-9]{1,12}")) {
          return Optional.of("Stripe-Signature must have one time t, in seconds");
        }
        time = pair[1];
      } else if (pair[0].equals("v1") && pair[1].matches("[0-9a-f]{64}")) {
        signatures.add(HexFormat.of().parseHex(pair[1]));
      }
    }
    if (time == null || signatures.isEmpty()) {
      return Optional.of("Stripe-Signature must have a time t and a signature v1");
    }
    if (!isSigned(time, signatures, body)) {
      return Optional.of("the body is not signed with the webhook's secret");
    }
    Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), now).abs();
    return age.compareTo(TOLERANCE) > 0
        ? Optional.of("signed at another time than now: look at the clocks")
        : Optional.empty();
  }

  private boolean isSigned(String time, List<byte[]> signatures, byte[] body) {
    boolean signed = false;
    for (SecretKeySpec secret : secrets) {
      byte[] expected = sign(secret, time, body);
      for (byte[] signature : signatures) {
        signed |= MessageDigest.isEqual(expected, signature);
      }
    }
    return signed;
  }

  private static byte[] sign(SecretKeySpec secret, String time, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
