// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.customsink;

import dev.monetize.Monetizer;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.JournalStorage;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** One endpoint on embedded Tomcat; its usage goes to a sink of its own. */
public final class CustomSink implements AutoCloseable {

  private final Tomcat tomcat = new Tomcat();
  private final String key;

  /**
   * Starts it.
   *
   * @param environment {@code PORT} and {@code MONETIZE_DATA}, each optional
   */
  public CustomSink(Map<String, String> environment) throws Exception {
    Path data = Path.of(environment.getOrDefault("MONETIZE_DATA", "monetize-data"));
    Monetizer monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", resource("/tiers.yml")))
            .dataDirectory(data)
            .sink("totals", new TotalsFile(JournalStorage.directory(data), "totals.properties"))
            .build();
    key = newKey(monetizer);

    tomcat.setBaseDir(data.resolve("tomcat").toString());
    tomcat.setPort(Integer.parseInt(environment.getOrDefault("PORT", "8080")));
    Context app = tomcat.addContext("", null);
    Tomcat.addServlet(app, "hello", new Hello()).addMapping("/v1/hello");

    app.addServletContainerInitializer(
        (classes, context) -> MonetizeFilter.register(context, monetizer, "/v1/*"), Set.of());
    tomcat.getConnector();
    tomcat.start();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = CustomSink.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String newKey(Monetizer monetizer) {
    if (monetizer.accounts().customer("demo").isEmpty()) {
      monetizer.accounts().createCustomer("demo", "Demo customer", "free");
    }
    return monetizer.accounts().issueKey("demo", "one more at each start").takeSecret();
  }

  /** A key of the demo customer. */
  public String key() {
    return key;
  }

  /** Where it listens. */
  public String url() {
    return "http://localhost:" + tomcat.getConnector().getLocalPort();
  }

  /** Stops; what has been used is delivered before. */
  @Override
  public void close() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  /** Runs until the process is told to stop. */
  public static void main(String[] args) throws Exception {
    CustomSink example = new CustomSink(System.getenv());
    Runtime.getRuntime().addShutdownHook(new Thread(example::stop));
    System.out.println("key free " + example.key);
    System.out.println("ready " + example.url());
    example.tomcat.getServer().await();
  }

  private void stop() {
    try {
      close();
    } catch (Exception e) {
      System.err.println("did not stop cleanly: " + e);
    }
  }

  /** Answers with a text. */
  private static final class Hello extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.getWriter().println("hello");
    }
  }
}
