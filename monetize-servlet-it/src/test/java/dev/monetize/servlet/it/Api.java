// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import dev.monetize.Caller;
import dev.monetize.Credential;
import dev.monetize.Monetizer;
import dev.monetize.MonetizerBuilder;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.ShipSchedule;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** An app on a container with an engine before it, whose usage events are watched. */
final class Api {

  private static final long PATIENCE_SECONDS = 5;

  /** What an app is started with. */
  @FunctionalInterface
  interface Metered {
    void start(jakarta.servlet.ServletContext context, Monetizer monetizer)
        throws jakarta.servlet.ServletException;
  }

  private final String name;
  private final Monetizer monetizer;
  private final Container container;
  private final BlockingQueue<UsageEvent> events = new LinkedBlockingQueue<>();
  private final AtomicInteger customers = new AtomicInteger();

  private Api(
      String name,
      Container.Kind kind,
      Path directory,
      String tiers,
      Consumer<MonetizerBuilder> settings,
      Metered app)
      throws Exception {
    this.name = name;
    MonetizerBuilder builder =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", tiers))
            .dataDirectory(Files.createDirectories(directory.resolve("data")))
            .sink(
                "test",
                batch -> events.addAll(batch.events()),
                ShipSchedule.within(1000, Duration.ofMillis(5)));
    settings.accept(builder);
    this.monetizer = builder.build();
    this.container =
        kind.start(
            context -> app.start(context, monetizer),
            Files.createDirectories(directory.resolve("container")));
  }

  /** Starts an app with the clock of the system. */
  static Api start(Container.Kind kind, Path directory, String tiers, Metered app)
      throws Exception {
    return start(kind.name(), kind, directory, tiers, builder -> {}, app);
  }

  static Api start(
      String name,
      Container.Kind kind,
      Path directory,
      String tiers,
      Consumer<MonetizerBuilder> settings,
      Metered app)
      throws Exception {
    return new Api(name, kind, directory, tiers, settings, app);
  }

  Monetizer monetizer() {
    return monetizer;
  }

  /** A customer of its own, with a key. */
  Client client(String tier) {
    String customer = "customer-" + customers.incrementAndGet();
    monetizer.accounts().createCustomer(customer, "", tier);
    return new Client(this, customer, monetizer.accounts().issueKey(customer, "").takeSecret());
  }

  Wire connect() throws IOException {
    return new Wire(container.port());
  }

  /** Sends a request and reads the answer. */
  Answer send(String line, String... headers) throws IOException {
    try (Wire wire = connect()) {
      return wire.request(line, headers).answer();
    }
  }

  /** Sends a request with a JSON body. */
  Answer send(String line, String body, List<String> headers) throws IOException {
    List<String> all = new ArrayList<>(headers);
    all.add("Content-Type: application/json");
    all.add("Content-Length: " + body.length());
    all.add("Connection: close");
    try (Wire wire = connect()) {
      String head = line + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", all);
      try {
        wire.send(head + "\r\n\r\n" + body);
      } catch (java.net.SocketException refused) {
        return wire.answer();
      }
      return wire.answer();
    }
  }

  /** Calls as the journal counts them: at once, and no others. */
  long calls(String key) {
    Caller caller = (Caller) monetizer.identify(Credential.key(key), "");
    return monetizer.usage(caller).meters().get("calls").used();
  }

  /** The next event of whomever. */
  UsageEvent nextEvent() throws InterruptedException {
    UsageEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no further usage event on " + name);
    }
    return event;
  }

  /** Not named close: JUnit would close it after the first test it is an argument of. */
  void stop() throws Exception {
    container.close();
    monetizer.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
