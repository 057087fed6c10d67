// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all parts share: objects, time, identifiers, and the one lock that guards them. */
final class World {

  private final ReentrantLock lock = new ReentrantLock();
  private final Store store = new Store();
  private final Settings settings;
  private final Agenda agenda;
  private final Ids ids;
  private @Nullable String base;
  private String requestId = "";
  private @Nullable String requestKey;

  World(Settings settings) {
    this.settings = settings;
    agenda = new Agenda(settings.clock());
    ids = new Ids(settings.seed());
  }

  Settings settings() {
    return settings;
  }

  Store store() {
    return store;
  }

  Agenda agenda() {
    return agenda;
  }

  Ids ids() {
    return ids;
  }

  void base(String address) {
    base = address;
  }

  String base() {
    return base == null ? "" : base;
  }

  /** With the lock held, after what has become due. */
  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      if (lock.getHoldCount() == 1) {
        agenda.run();
      }
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  void locked(Runnable work) {
    locked(
        () -> {
          work.run();
          return true;
        });
  }

  /** Whose doing the events are that come now. */
  void request(String id, @Nullable String idempotencyKey) {
    requestId = id;
    requestKey = idempotencyKey;
  }

  void noRequest() {
    requestId = "";
    requestKey = null;
  }

  ObjectNode cause() {
    ObjectNode cause = Json.object();
    cause.put("id", requestId.isEmpty() ? null : requestId);
    return cause.put("idempotency_key", requestKey);
  }

  /** A new object with what all have; not kept yet. */
  ObjectNode create(String type, String prefix, String clock) {
    ObjectNode object = Json.object();
    object.put("id", ids.next(prefix));
    object.put("object", type);
    object.put("created", agenda.seconds(clock));
    return object.put("livemode", false);
  }

  ObjectNode create(String type, String prefix) {
    return create(type, prefix, Agenda.WALL);
  }

  /** The clock of an object with a {@code test_clock}, or of all. */
  static String clock(JsonNode object) {
    return Json.textOrEmpty(object, "test_clock");
  }

  /** The time for an object, in seconds. */
  long now(JsonNode object) {
    return agenda.seconds(clock(object));
  }

  /** Copies what parameters say; metadata are merged, and an emptied value of theirs taken away. */
  static void apply(ObjectNode object, ObjectNode params) {
    for (Map.Entry<String, JsonNode> each : params.properties()) {
      if (each.getKey().equals("metadata")) {
        merge(object, each.getValue());
      } else {
        object.set(each.getKey(), each.getValue());
      }
    }
  }

  private static void merge(ObjectNode object, JsonNode changes) {
    ObjectNode metadata = object.withObjectProperty("metadata");
    if (changes.isNull()) {
      metadata.removeAll();
    }
    for (Map.Entry<String, JsonNode> each : changes.properties()) {
      if (each.getValue().asText().isEmpty()) {
        metadata.remove(each.getKey());
      } else {
        metadata.set(each.getKey(), each.getValue());
      }
    }
  }
}
