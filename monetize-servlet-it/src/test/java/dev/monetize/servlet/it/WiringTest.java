// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.Credential;
import dev.monetize.Monetizer;
import dev.monetize.limit.Decision;
import dev.monetize.servlet.MonetizeContext;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.servlet.PricingServlet;
import dev.monetize.tier.TierCatalog;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The ways to put the filter into an app, and what becomes of calls when something is broken. */
class WiringTest {

  private static final String TIERS =
      """
      tiers:
        one:
          price: 0
          concurrency: 1
          endpoints: [/v1/*, /marker]
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void filterOfAWebXml_makesItsEngineOfParameters(Container.Kind kind) throws Exception {
    Path tiers = Files.writeString(directory.resolve("tiers.yml"), TIERS);
    Path data = directory.resolve("data");
    AtomicReference<ServletContext> started = new AtomicReference<>();
    App app =
        context -> {
          started.set(context);
          var filter = context.addFilter("monetize", MonetizeFilter.class);
          filter.setInitParameter("tiers", tiers.toString());
          filter.setInitParameter("data", data.toString());
          filter.setAsyncSupported(true);
          filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/v1/*");
          App.map(context, "/v1/*", (request, response) -> {});
          App.map(context, "/pricing", new PricingServlet());
        };

    try (Container container = kind.start(app, Files.createDirectory(directory.resolve("c")));
        Wire call = new Wire(container.port());
        Wire pricing = new Wire(container.port())) {
      assertThat(call.request("GET /v1/x").answer().reason()).isEqualTo("no_credential");
      assertThat(pricing.request("GET /pricing").answer().status()).isEqualTo(200);
    }

    // Closed with the app, so its directory is free.
    Monetizer.builder().tiers(TierCatalog.load(tiers)).dataDirectory(data).build().close();
  }

  @ParameterizedTest
  @EnumSource
  void filterOfAWebXml_takesTheEngineOfTheContext(Container.Kind kind) throws Exception {
    try (Monetizer monetizer = engine()) {
      App app =
          context -> {
            MonetizeContext.put(context, monetizer);
            context
                .addFilter("monetize", MonetizeFilter.class)
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/v1/*");
            App.map(context, "/v1/*", (request, response) -> {});
          };
      try (Container container = kind.start(app, Files.createDirectory(directory.resolve("c")));
          Wire wire = new Wire(container.port())) {
        assertThat(wire.request("GET /v1/x").answer().status()).isEqualTo(401);
      }

      monetizer.accounts().createCustomer("still-open", "", "one");
    }
  }

  @ParameterizedTest
  @EnumSource
  void secondFilterOfTheName_isRefused(Container.Kind kind) throws Exception {
    try (Monetizer monetizer = engine()) {
      App app =
          context -> {
            MonetizeFilter.register(context, monetizer, "/v1/*");
            assertThatThrownBy(() -> MonetizeFilter.register(context, monetizer, "/v2/*"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a filter named \"monetize\" is registered already");
          };
      kind.start(app, Files.createDirectory(directory.resolve("c"))).close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void resolver_identifiesCallersWithoutAKey(Container.Kind kind) throws Exception {
    Api api =
        Api.start(
            kind,
            directory,
            TIERS,
            (context, monetizer) -> {
              MonetizeFilter.register(context, monetizer, "/v1/*")
                  .identifyBy(
                      request -> {
                        String user = request.getHeader("X-User");
                        if ("broken".equals(user)) {
                          throw new IllegalStateException("as tested");
                        }
                        return user == null ? Credential.NONE : Credential.customer(user);
                      });
              App.map(
                  context,
                  "/v1/*",
                  (request, response) ->
                      response.getWriter().print(MonetizeFilter.call(request).caller().customer()));
            });
    try {
      Client client = api.client("one");
      Client other = api.client("one");
      assertThat(api.send("GET /v1/x", "X-User: " + client.customer()).body())
          .isEqualTo(client.customer());
      assertThat(api.send("GET /v1/x", other.header(), "X-User: " + client.customer()).body())
          .isEqualTo(other.customer());
      assertThat(api.send("GET /v1/x").status()).isEqualTo(401);

      Answer broken = api.send("GET /v1/x", "X-User: broken");
      assertThat(broken.status()).isEqualTo(503);
      assertThat(broken.reason()).isEqualTo("metering_unavailable");
    } finally {
      api.stop();
    }
  }

  /** What matches no pattern is refused, metered or passed, as the tier file says. */
  @ParameterizedTest
  @CsvSource({
    "JETTY, deny, 403, 0", "JETTY, meter, 200, 1", "JETTY, pass, 200, 0",
    "TOMCAT, deny, 403, 0", "TOMCAT, meter, 200, 1", "TOMCAT, pass, 200, 0",
    "UNDERTOW, deny, 403, 0", "UNDERTOW, meter, 200, 1", "UNDERTOW, pass, 200, 0"
  })
  void unmatchedPath(Container.Kind kind, String setting, int status, int calls) throws Exception {
    Api api =
        Api.start(
            kind,
            directory,
            "unmatched: " + setting + "\n" + TIERS,
            (context, monetizer) -> {
              MonetizeFilter.register(context, monetizer, "/*");
              App.map(context, "/*", (request, response) -> {});
            });
    try {
      Client client = api.client("one");
      Answer answer = client.getWhenFree("/elsewhere");
      assertThat(answer.status()).isEqualTo(status);
      client.settledEvents();
      assertThat(api.calls(client.key())).isEqualTo(calls + 1);
    } finally {
      api.stop();
    }
  }

  /** A limiter that fails makes calls be refused, not fail; one that fails later harms nothing. */
  @ParameterizedTest
  @EnumSource
  void brokenLimiter_refusesWith503(Container.Kind kind) throws Exception {
    Api api =
        Api.start(
            kind.name(),
            kind,
            directory,
            TIERS,
            builder -> builder.limiter(new BrokenLimiter()),
            (context, monetizer) -> {
              MonetizeFilter.register(context, monetizer, "/v1/*");
              App.map(context, "/v1/*", (request, response) -> {});
            });
    try {
      Answer answer = api.client("one").get("/v1/x");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.reason()).isEqualTo("metering_unavailable");
      assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    } finally {
      api.stop();
    }
  }

  private Monetizer engine() {
    return Monetizer.builder()
        .tiers(TierCatalog.parse("tiers.yml", TIERS))
        .dataDirectory(directory.resolve("data"))
        .build();
  }

  private static final class BrokenLimiter implements dev.monetize.limit.RateLimiter {
    @Override
    public Decision acquire(
        dev.monetize.limit.Subject subject, dev.monetize.limit.Charge charge, long now) {
      throw new IllegalStateException("as tested");
    }

    @Override
    public void settle(Decision.Allowed allowed, long[] actual, long now) {
      throw new IllegalStateException("as tested");
    }

    @Override
    public dev.monetize.limit.Standing peek(
        dev.monetize.limit.Subject subject, dev.monetize.limit.LimitSet limits, long now) {
      throw new IllegalStateException("as tested");
    }
  }
}
