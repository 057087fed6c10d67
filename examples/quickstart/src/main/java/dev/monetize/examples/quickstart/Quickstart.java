// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import dev.monetize.Monetizer;
import dev.monetize.servlet.AdminServlet;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.servlet.PricingServlet;
import dev.monetize.servlet.UsageServlet;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.JsonLinesSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;

/** A small API on embedded Jetty, sold in three tiers. */
public final class Quickstart implements AutoCloseable {

  private static final long STOP_MILLIS = 1_500;

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final Map<String, String> keys;

  /**
   * Starts the API.
   *
   * @param environment {@code PORT}, {@code MONETIZE_DATA} and {@code MONETIZE_ADMIN_TOKEN}, each
   *     optional
   */
  public Quickstart(Map<String, String> environment) throws Exception {
    Path data = Path.of(environment.getOrDefault("MONETIZE_DATA", "monetize-data"));
    Monetizer monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", resource("/tiers.yml")))
            .dataDirectory(data)
            .sink("file", new JsonLinesSink(data.resolve("usage.jsonl")))
            .build();
    keys = new DemoCustomers(data.resolve("demo-keys.properties")).in(monetizer.accounts());

    ServletContextHandler app = new ServletContextHandler("/");
    app.addServletContainerInitializer(
        (classes, context) -> MonetizeFilter.register(context, monetizer, "/v1/*"));
    Endpoints.addTo(app);
    app.addServlet(new ServletHolder(new PricingServlet(monetizer)), "/pricing");
    app.addServlet(new ServletHolder(new UsageServlet(monetizer)), "/usage");
    String token = environment.get("MONETIZE_ADMIN_TOKEN");
    if (token != null && !token.isBlank()) {
      app.addServlet(new ServletHolder(new AdminServlet(monetizer, token)), "/admin/*");
    }

    connector.setPort(Integer.parseInt(environment.getOrDefault("PORT", "8080")));
    server.addConnector(connector);
    server.setHandler(new GracefulHandler(app));
    server.setStopTimeout(STOP_MILLIS);
    server.start();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Quickstart.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The demo customers' keys, by tier. */
  public Map<String, String> keys() {
    return keys;
  }

  /** Where it listens. */
  public String url() {
    return "http://localhost:" + connector.getLocalPort();
  }

  /** Ends the calls under way, within some seconds, and stops. */
  @Override
  public void close() throws Exception {
    server.stop();
  }

  /** Runs until the process is told to stop. */
  public static void main(String[] args) throws Exception {
    Quickstart quickstart = new Quickstart(System.getenv());
    Runtime.getRuntime().addShutdownHook(new Thread(quickstart::stop));
    quickstart.keys.forEach((tier, key) -> System.out.println("key " + tier + " " + key));
    System.out.println("ready " + quickstart.url());
    quickstart.server.join();
  }

  private void stop() {
    try {
      close();
    } catch (Exception e) {
      System.err.println("did not stop cleanly: " + e);
    }
  }
}
