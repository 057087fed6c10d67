// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import dev.monetize.Monetizer;
import dev.monetize.usage.JsonLinesSink;
import java.nio.file.Path;
import java.util.Map;

/** A small API, sold in three tiers. */
public final class Quickstart implements AutoCloseable {

  private final Map<String, String> keys;
  private final ApiServer server;

  /**
   * Starts the API.
   *
   * @param environment {@code PORT}, {@code MONETIZE_DATA} and {@code MONETIZE_ADMIN_TOKEN}, each
   *     optional
   */
  public Quickstart(Map<String, String> environment) throws Exception {
    Path data = Path.of(ApiServer.setting(environment, "MONETIZE_DATA", "monetize-data"));
    Monetizer monetizer =
        Monetizer.builder()
            .tiers(ApiServer.tiers())
            .dataDirectory(data)
            .sink("file", new JsonLinesSink(data.resolve("usage.jsonl")))
            .build();
    keys = new DemoCustomers(data.resolve("demo-keys.properties")).in(monetizer.accounts());
    server = new ApiServer(monetizer, environment);
  }

  /** The demo customers' keys, by tier. */
  public Map<String, String> keys() {
    return keys;
  }

  /** Where it listens. */
  public String url() {
    return server.url();
  }

  @Override
  public void close() throws Exception {
    server.close();
  }

  /** Runs until the process is told to stop. */
  public static void main(String[] args) throws Exception {
    Quickstart quickstart = new Quickstart(System.getenv());
    quickstart.server.run(quickstart.keys);
  }
}
