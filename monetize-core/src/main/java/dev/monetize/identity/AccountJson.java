// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Entries as JSON objects: whole, and without a field that we don't know. */
final class AccountJson {

  private static final String CUSTOMER = "customer";
  private static final String KEY = "key";
  private static final String SUBSCRIPTION = "subscription";
  private static final String OVERRIDES = "overrides";
  private static final String FORMER = "former";
  private static final String FALLBACK = "fallback";

  private AccountJson() {}

  static String name(Entry entry) {
    if (entry instanceof Customer) {
      return CUSTOMER;
    }
    return entry instanceof ApiKey ? KEY : SUBSCRIPTION;
  }

  static ObjectNode write(Entry entry) {
    if (entry instanceof Customer customer) {
      return object().put("id", customer.id()).put("name", customer.name());
    } else if (entry instanceof ApiKey key) {
      return write(key);
    }
    return write((Subscription) entry);
  }

  private static ObjectNode write(ApiKey key) {
    ObjectNode json =
        object()
            .put("id", key.id())
            .put("customer", key.customer())
            .put("hash", key.hash().hex())
            .put("label", key.label())
            .put("created", key.created().toString());
    putTime(json, "validUntil", key.validUntil());
    if (key.revoked()) {
      json.put("revoked", true);
    }
    if (key.successor() != null) {
      json.put("successor", key.successor());
    }
    return json;
  }

  private static ObjectNode write(Subscription subscription) {
    ObjectNode json =
        object()
            .put("customer", subscription.customer())
            .put("tier", subscription.tier())
            .put("status", subscription.status().name());
    putText(json, FALLBACK, subscription.fallback());
    putTime(json, "anchor", subscription.anchor());
    putTexts(json, subscription.overrides());
    putText(json, "providerId", subscription.providerId());
    for (Subscription.Former former : subscription.former()) {
      ObjectNode before = json.withArray(FORMER).addObject().put("tier", former.tier());
      putText(before, FALLBACK, former.fallback());
      putTexts(before, former.overrides());
      putTime(before, "until", former.until());
    }
    return json;
  }

  private static void putTexts(ObjectNode json, Map<String, String> texts) {
    new TreeMap<>(texts).forEach(json.putObject(OVERRIDES)::put);
  }

  private static void putText(ObjectNode json, String name, @Nullable String text) {
    if (text != null) {
      json.put(name, text);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static void putTime(ObjectNode json, String name, @Nullable Instant time) {
    if (time != null) {
      json.put(name, time.toString());
    }
  }

  /**
   * Reads an entry back.
   *
   * @throws IllegalArgumentException if it has fields too many or too few, or values out of bounds
   */
  static Entry read(String name, JsonNode json) {
    return switch (name) {
      case CUSTOMER -> customer(json);
      case KEY -> key(json);
      case SUBSCRIPTION -> subscription(json);
      default -> throw new IllegalArgumentException(newer("entry", name));
    };
  }

  static Customer customer(JsonNode json) {
    known(json, Set.of("id", "name"));
    return new Customer(text(json, "id"), text(json, "name"));
  }

  static ApiKey key(JsonNode json) {
    known(
        json,
        Set.of("id", CUSTOMER, "hash", "label", "created", "validUntil", "revoked", "successor"));
    return new ApiKey(
        text(json, "id"),
        text(json, CUSTOMER),
        KeyHash.ofHex(text(json, "hash")),
        text(json, "label"),
        Objects.requireNonNull(time(text(json, "created"))),
        time(optional(json, "validUntil")),
        json.path("revoked").booleanValue(),
        optional(json, "successor"));
  }

  static Subscription subscription(JsonNode json) {
    known(
        json,
        Set.of(CUSTOMER, "tier", FALLBACK, "status", "anchor", OVERRIDES, "providerId", FORMER));
    List<Subscription.Former> former = new ArrayList<>();
    json.path(FORMER).forEach(before -> former.add(former(before)));
    return new Subscription(
        text(json, CUSTOMER),
        text(json, "tier"),
        optional(json, FALLBACK),
        Subscription.Status.valueOf(text(json, "status")),
        time(optional(json, "anchor")),
        texts(json.path(OVERRIDES)),
        optional(json, "providerId"),
        former);
  }

  private static Subscription.Former former(JsonNode json) {
    known(json, Set.of("tier", FALLBACK, OVERRIDES, "until"));
    return new Subscription.Former(
        text(json, "tier"),
        optional(json, FALLBACK),
        texts(json.path(OVERRIDES)),
        Objects.requireNonNull(time(text(json, "until"))));
  }

  private static void known(JsonNode json, Set<String> names) {
    for (Iterator<String> found = json.fieldNames(); found.hasNext(); ) {
      String name = found.next();
      if (!names.contains(name)) {
        throw new IllegalArgumentException(newer("field", name));
      }
    }
  }

  private static String newer(String what, String name) {
    return "%s %s is unknown: use the newer Monetize that wrote it"
        .formatted(what, Valid.shown(name));
  }

  private static Map<String, String> texts(JsonNode json) {
    Map<String, String> texts = new TreeMap<>();
    json.fieldNames().forEachRemaining(name -> texts.put(name, text(json, name)));
    return texts;
  }

  private static String text(JsonNode json, String name) {
    String text = optional(json, name);
    if (text == null) {
      throw new IllegalArgumentException("field \"" + name + "\" is missing");
    }
    return text;
  }

  private static @Nullable String optional(JsonNode json, String name) {
    return json.path(name).textValue();
  }

  private static @Nullable Instant time(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a time: " + Valid.shown(String.valueOf(text)), e);
    }
  }
}
