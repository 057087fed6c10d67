// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import dev.monetize.Monetizer;
import dev.monetize.servlet.AdminServlet;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.servlet.PricingServlet;
import dev.monetize.servlet.UsageServlet;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;

/** The app on embedded Jetty: its endpoints, behind the filter. */
public final class ApiServer implements AutoCloseable {

  private static final long STOP_MILLIS = 1_500;

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  /**
   * Starts the app.
   *
   * @param monetizer closed with it
   * @param environment {@code PORT} and {@code MONETIZE_ADMIN_TOKEN}, each optional
   */
  public ApiServer(Monetizer monetizer, Map<String, String> environment) throws Exception {
    this(monetizer, environment, app -> {});
  }

  /** The same, with more servlets. */
  public ApiServer(
      Monetizer monetizer, Map<String, String> environment, Consumer<ServletContextHandler> more)
      throws Exception {
    ServletContextHandler app = new ServletContextHandler("/");
    app.addServletContainerInitializer(
        (classes, context) -> MonetizeFilter.register(context, monetizer, "/v1/*"));
    Endpoints.addTo(app);
    app.addServlet(new ServletHolder(new PricingServlet(monetizer)), "/pricing");
    app.addServlet(new ServletHolder(new UsageServlet(monetizer)), "/usage");
    String token = setting(environment, "MONETIZE_ADMIN_TOKEN", "");
    if (!token.isEmpty()) {
      app.addServlet(new ServletHolder(new AdminServlet(monetizer, token)), "/admin/*");
    }
    more.accept(app);

    connector.setPort(Integer.parseInt(setting(environment, "PORT", "8080")));
    server.addConnector(connector);
    server.setHandler(new GracefulHandler(app));
    server.setStopTimeout(STOP_MILLIS);
    server.start();
  }

  /** A setting, or its default where it is not set or blank. */
  public static String setting(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return value.isBlank() ? otherwise : value;
  }

  /** What is sold. */
  public static TierCatalog tiers() throws IOException {
    try (InputStream in = ApiServer.class.getResourceAsStream("/tiers.yml")) {
      byte[] file = Objects.requireNonNull(in, "tiers.yml").readAllBytes();
      return TierCatalog.parse("tiers.yml", new String(file, StandardCharsets.UTF_8));
    }
  }

  /** Where it listens. */
  public String url() {
    return "http://localhost:" + connector.getLocalPort();
  }

  /**
   * Prints keys, by tier, and where it listens; runs until the process is told to stop.
   *
   * @param then closed after it, one after the other
   */
  public void run(Map<String, String> keys, AutoCloseable... then) throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop(this);
                  for (AutoCloseable one : then) {
                    stop(one);
                  }
                }));
    keys.forEach((tier, key) -> System.out.println("key " + tier + " " + key));
    System.out.println("ready " + url());
    server.join();
  }

  private static void stop(AutoCloseable what) {
    try {
      what.close();
    } catch (Exception e) {
      System.err.println("did not stop cleanly: " + e);
    }
  }

  /** Ends the calls under way, within some seconds, and stops. */
  @Override
  public void close() throws Exception {
    try {
      server.stop();
    } catch (TimeoutException expected) {
      // Calls under way were cut off; what they were sent is counted.
    }
  }
}
