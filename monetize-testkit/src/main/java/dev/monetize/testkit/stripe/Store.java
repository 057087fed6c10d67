// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All objects, by type and id, in the order they came. Guarded by the lock of the {@link World}.
 */
final class Store {

  private final Map<String, Map<String, ObjectNode>> types = new HashMap<>();
  private final Map<String, ObjectNode> byId = new HashMap<>();

  /** Keeps an object under its {@code object} and {@code id}. */
  ObjectNode put(ObjectNode object) {
    String id = Json.textOrEmpty(object, "id");
    type(Json.textOrEmpty(object, "object")).put(id, object);
    byId.put(id, object);
    return object;
  }

  void remove(ObjectNode object) {
    String id = Json.textOrEmpty(object, "id");
    type(Json.textOrEmpty(object, "object")).remove(id);
    byId.remove(id);
  }

  private Map<String, ObjectNode> type(String type) {
    return types.computeIfAbsent(type, name -> new LinkedHashMap<>());
  }

  /** Of any type. */
  @Nullable ObjectNode find(String id) {
    return byId.get(id);
  }

  @Nullable ObjectNode find(String type, String id) {
    return type(type).get(id);
  }

  /** What the path of a call names. */
  ObjectNode get(String type, String id) {
    ObjectNode object = find(type, id);
    if (object == null) {
      throw StripeError.notFound(type, id);
    }
    return object;
  }

  /** What a parameter of a call names. */
  ObjectNode named(String type, String id, String param) {
    ObjectNode object = find(type, id);
    if (object == null) {
      throw StripeError.missing(type, id, param);
    }
    return object;
  }

  /** Oldest first. */
  List<ObjectNode> all(String type) {
    return new ArrayList<>(type(type).values());
  }

  /** Newest first, as lists are. */
  List<ObjectNode> newest(String type) {
    List<ObjectNode> all = all(type);
    Collections.reverse(all);
    return all;
  }
}
