// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.NewKey;
import dev.monetize.TierReload;
import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Customer;
import dev.monetize.identity.Subscription;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What admin requests are answered with. */
final class AdminJson {

  private AdminJson() {}

  static Map<String, Object> customer(Customer customer) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", customer.id());
    body.put("name", customer.name());
    return body;
  }

  static Map<String, Object> subscription(Subscription subscription) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("customer", subscription.customer());
    body.put("tier", subscription.tier());
    if (subscription.fallback() != null) {
      body.put("fallback", subscription.fallback());
    }
    body.put("status", subscription.status().name().toLowerCase(Locale.ROOT));
    if (subscription.anchor() != null) {
      body.put("anchor", subscription.anchor().toString());
    }
    body.put("overrides", subscription.overrides());
    return body;
  }

  static Map<String, Object> key(ApiKey key) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", key.id());
    body.put("customer", key.customer());
    body.put("label", key.label());
    body.put("created", key.created().toString());
    if (key.validUntil() != null) {
      body.put("validUntil", key.validUntil().toString());
    }
    if (key.successor() != null) {
      body.put("successor", key.successor());
    }
    return body;
  }

  static Map<String, Object> issued(NewKey key) {
    Map<String, Object> body = key(key.key());
    body.put("key", key.takeSecret());
    return body;
  }

  static Map<String, Object> reload(TierReload reload) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("changes", reload.changes());
    body.put("customers", reload.customers());
    return body;
  }
}
