// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What stands behind the {@code ?} of a Redis URL. */
final class UrlOptions {

  private static final List<String> NAMES =
      List.of("timeout", "sentinelMasterId", "sentinel_username", "sentinel_password");

  private final Map<String, String> values = new HashMap<>();

  private UrlOptions() {}

  /**
   * Reads them.
   *
   * @param fault makes what is thrown for one that is unknown or stands there twice
   */
  static UrlOptions of(String query, Function<String, IllegalArgumentException> fault) {
    UrlOptions options = new UrlOptions();
    for (String option : query.split("&", -1)) {
      int end = option.indexOf('=');
      String name = end < 0 ? option : option.substring(0, end);
      if (!option.isEmpty()
          && (end < 0
              || !NAMES.contains(name)
              || options.values.put(name, option.substring(end + 1)) != null)) {
        throw fault.apply(
            "behind its ? stand timeout=, sentinelMasterId=, sentinel_username= and"
                + " sentinel_password= only, each once, with & between");
      }
    }
    return options;
  }

  /** The value of an option, {@code ""} if it was not given. */
  String get(String name) {
    return values.getOrDefault(name, "");
  }
}
