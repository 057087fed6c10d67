// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import dev.monetize.identity.Pepper;
import dev.monetize.redis.RedisUrl;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the environment says; never prints a secret. */
final class Settings {

  private static final int LEAST_PEPPER = 16;
  private static final String STRIPE_KEY = "STRIPE_API_KEY";

  private final Map<String, String> environment;
  private final List<String> faults = new ArrayList<>();
  private final @Nullable RedisUrl redis;
  private final byte[] pepper;
  private final byte[] demoSecret;
  private final @Nullable StripeSettings stripe;

  private Settings(Map<String, String> environment) {
    this.environment = environment;
    this.redis = redis(needed("REDIS_URL", "where Redis is: redis://user:password@host:6379"));
    this.pepper =
        needed("MONETIZE_PEPPER", "the secret under which keys are hashed, of 16 bytes or more")
            .getBytes(StandardCharsets.UTF_8);
    this.demoSecret =
        needed("MONETIZE_DEMO_SECRET", "the secret that the demo customers' keys are made of")
            .getBytes(StandardCharsets.UTF_8);
    if (pepper.length > 0 && pepper.length < LEAST_PEPPER) {
      faults.add("MONETIZE_PEPPER must have at least 16 bytes, got " + pepper.length);
    }
    if (!environment.getOrDefault(STRIPE_KEY, "").isBlank()) {
      needed("STRIPE_WEBHOOK_SECRET", "the secrets of the webhook at Stripe, whsec_...,whsec_...");
    }
    this.stripe = stripe();
    if (!environment.getOrDefault("PORT", "0").matches("\\d{1,5}")) {
      faults.add("PORT must be a number from 0 to 65535");
    }
  }

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException if it lacks something, with a line for each fault
   */
  static Settings of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    if (!settings.faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", settings.faults));
    }
    return settings;
  }

  /** The value, or {@code ""} and a fault. */
  private String needed(String name, String what) {
    String value = environment.getOrDefault(name, "");
    if (value.isBlank()) {
      faults.add(name + " is not set: " + what + "; the same in all instances");
      return "";
    }
    return value;
  }

  private @Nullable RedisUrl redis(String url) {
    if (url.isEmpty()) {
      return null;
    }
    try {
      return RedisUrl.parse(url);
    } catch (IllegalArgumentException e) {
      faults.add("REDIS_URL cannot be read: " + e.getMessage());
      return null;
    }
  }

  private @Nullable StripeSettings stripe() {
    if (environment.getOrDefault(STRIPE_KEY, "").isBlank()) {
      return null;
    }
    try {
      return StripeSettings.of(environment);
    } catch (IllegalArgumentException e) {
      faults.add(e.getMessage());
      return null;
    }
  }

  /** How usage is billed at Stripe; empty: it is not. */
  Optional<StripeSettings> billing() {
    return Optional.ofNullable(stripe);
  }

  /** What who runs the app shows to be let in; empty: nobody is. */
  Optional<String> adminToken() {
    return Optional.of(environment.getOrDefault("MONETIZE_ADMIN_TOKEN", ""))
        .filter(token -> !token.isBlank());
  }

  RedisUrl redis() {
    if (redis == null) {
      throw new IllegalStateException("settings with faults are not given out");
    }
    return redis;
  }

  /** Of any text: its hash has the bytes that a pepper has. */
  Pepper pepper() {
    try {
      return Pepper.of("environment", MessageDigest.getInstance("SHA-256").digest(pepper));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  byte[] demoSecret() {
    return demoSecret.clone();
  }

  Path data() {
    return Path.of(environment.getOrDefault("MONETIZE_DATA", "monetize-data"));
  }

  Map<String, String> environment() {
    return environment;
  }
}
