// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A page of a list: newest first, after or before an object of it. */
final class Listing {

  static final String PARAMS = "limit:int starting_after ending_before ";

  private static final int DEFAULT = 10;
  private static final int MOST = 100;

  private Listing() {}

  /** All of these that are as the parameters name, where they name it, and on their page. */
  static ObjectNode of(List<ObjectNode> newest, Request request, String... fields) {
    Predicate<ObjectNode> wanted = created(request.params().path("created"));
    for (String field : fields) {
      String value = Json.text(request.params(), field);
      if (value != null) {
        wanted = wanted.and(each -> value.equals(Json.text(each, field)));
      }
    }
    return page(newest.stream().filter(wanted).toList(), request);
  }

  private static Predicate<ObjectNode> created(JsonNode range) {
    long from = Math.max(range.path("gte").asLong(0), range.path("gt").asLong(-1) + 1);
    long to = Math.min(bound(range, "lte"), bound(range, "lt") - 1);
    return each ->
        each.path("created").asLong(from) >= from && each.path("created").asLong(from) <= to;
  }

  private static long bound(JsonNode range, String name) {
    return range.path(name).asLong(Long.MAX_VALUE);
  }

  /** One page of these. */
  static ObjectNode page(List<ObjectNode> all, Request request) {
    int limit = limit(request);
    String after = Json.text(request.params(), "starting_after");
    String before = Json.text(request.params(), "ending_before");
    int from = after == null ? 0 : place(all, after, "starting_after") + 1;
    int to = Math.min(all.size(), from + limit);
    boolean more = to < all.size();
    if (before != null) {
      to = place(all, before, "ending_before");
      from = Math.max(0, to - limit);
      more = from > 0;
    }
    return list(all.subList(from, to), more, request.path());
  }

  private static int limit(Request request) {
    JsonNode limit = request.params().path("limit");
    if (limit.isMissingNode() || limit.isNull()) {
      return DEFAULT;
    }
    if (limit.asInt() < 1 || limit.asInt() > MOST) {
      String message = "This value must be between 1 and " + MOST + " (limit)";
      throw StripeError.invalid("parameter_invalid_integer", "limit", message);
    }
    return limit.asInt();
  }

  private static int place(List<ObjectNode> all, String id, String param) {
    for (int i = 0; i < all.size(); i++) {
      if (id.equals(Json.text(all.get(i), "id"))) {
        return i;
      }
    }
    throw StripeError.missing("object", id, param);
  }

  /** The list itself. */
  static ObjectNode list(List<ObjectNode> data, boolean more, @Nullable String url) {
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode array = list.putArray("data");
    data.forEach(array::add);
    return list.put("has_more", more).put("url", url);
  }
}
