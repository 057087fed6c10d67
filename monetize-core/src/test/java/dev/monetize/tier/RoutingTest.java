// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoutingTest {

  private static final Route UNMATCHED = new Route.Unmatched();
  private static final Route PUBLIC = new Route.Public();

  @Test
  void route_prefersALiteralToAVariableToTheRest() {
    TierCatalog catalog =
        catalog(List.of("/v1/*", "/v1/{id}", "/v1/{id}/x", "/v1/a/*", "/v1/a/x", "/v1/a/{id}"));

    assertThat(label(catalog, "GET", "/v1")).isEqualTo("/v1/*");
    assertThat(label(catalog, "GET", "/v1/b")).isEqualTo("/v1/{id}");
    assertThat(label(catalog, "GET", "/v1/b/x")).isEqualTo("/v1/{id}/x");
    assertThat(label(catalog, "GET", "/v1/b/y")).isEqualTo("/v1/*");
    assertThat(label(catalog, "GET", "/v1/a")).isEqualTo("/v1/a/*");
    assertThat(label(catalog, "GET", "/v1/a/x")).isEqualTo("/v1/a/x");
    assertThat(label(catalog, "GET", "/v1/a/y")).isEqualTo("/v1/a/{id}");
    assertThat(label(catalog, "GET", "/v1/a/y/z")).isEqualTo("/v1/a/*");
  }

  @Test
  void route_prefersAMethodAtEqualPaths_only() {
    TierCatalog catalog = catalog(List.of("POST /v1/*", "/v1/*", "/v1/{id}"));

    assertThat(label(catalog, "POST", "/v1/a/b")).isEqualTo("POST /v1/*");
    assertThat(label(catalog, "PUT", "/v1/a/b")).isEqualTo("/v1/*");
    assertThat(label(catalog, "POST", "/v1/a")).isEqualTo("/v1/{id}");
  }

  @Test
  void route_treatsHeadAsGet() {
    TierCatalog catalog = catalog(List.of("/v1/*"), List.of("GET /v1/admin"));

    assertThat(allowed(catalog, "HEAD", "/v1/admin")).isEqualTo("t1");
    assertThat(allowed(catalog, "GET", "/v1/admin")).isEqualTo("t1");
    assertThat(allowed(catalog, "POST", "/v1/admin")).isEqualTo("t0");
  }

  @Test
  void route_treatsASlashAtTheEndAsNone() {
    TierCatalog catalog = catalog(List.of("/v1/*"), List.of("/v1/admin", "/"));

    assertThat(allowed(catalog, "GET", "/v1/admin/")).isEqualTo("t1");
    assertThat(allowed(catalog, "GET", "/v1/")).isEqualTo("t0");
    assertThat(allowed(catalog, "GET", "/")).isEqualTo("t1");
  }

  @Test
  void route_isCaseSensitive() {
    TierCatalog catalog = catalog(List.of("/v1/a"));

    assertThat(catalog.route("GET", "/v1/A")).isEqualTo(UNMATCHED);
  }

  @Test
  void route_withoutALeadingSlash_isUnmatched() {
    TierCatalog catalog = catalog(List.of("/*"));

    assertThat(catalog.route("OPTIONS", "*")).isEqualTo(UNMATCHED);
    assertThat(catalog.route("GET", "")).isEqualTo(UNMATCHED);
  }

  @Test
  void route_isPublic_whereThePublicPatternIsMoreSpecific() {
    TierCatalog catalog =
        TierCatalog.builder()
            .tier(tier("t0", List.of("/v1/*", "/v1/{id}/private")))
            .publicEndpoints("/v1/health", "/v1/open/*", "GET /about", "/*")
            .build();

    assertThat(catalog.route("GET", "/v1/health")).isEqualTo(PUBLIC);
    assertThat(catalog.route("GET", "/v1/open/a/b")).isEqualTo(PUBLIC);
    assertThat(catalog.route("GET", "/v1/open/private")).isEqualTo(PUBLIC);
    assertThat(catalog.route("GET", "/about")).isEqualTo(PUBLIC);
    assertThat(catalog.route("GET", "/elsewhere")).isEqualTo(PUBLIC);
    assertThat(allowed(catalog, "GET", "/v1/x")).isEqualTo("t0");
    assertThat(allowed(catalog, "GET", "/v1/x/private")).isEqualTo("t0");
  }

  @Test
  void route_ofWhatNoPatternMatches_isAsUnmatchedSays() {
    Tier tier = tier("t0", List.of("/v1/*"));
    TierCatalogBuilder builder = TierCatalog.builder().tier(tier);

    assertThat(builder.build().route("GET", "/x")).isEqualTo(UNMATCHED);
    assertThat(builder.unmatched(Unmatched.PASS).build().route("GET", "/x")).isEqualTo(PUBLIC);
    TierCatalog metered = builder.unmatched(Unmatched.METER).build();
    assertThat(label(metered, "GET", "/x")).isEqualTo("unmatched");
    assertThat(allowed(metered, "GET", "/x")).isEqualTo("t0");
  }

  @Test
  void route_takesTheMostSpecificRule_whateverTheTierPattern() {
    Endpoint dear = Endpoint.of("POST /v1/*").withCost(5).withMeter(MeterRule.handler("tokens"));
    TierCatalog catalog =
        TierCatalog.builder().tier(tier("t0", List.of("/v1/a", "/v1/b"))).endpoint(dear).build();

    assertThat(((Route.Metered) catalog.route("POST", "/v1/a")).endpoint()).isEqualTo(dear);
    assertThat(label(catalog, "GET", "/v1/a")).isEqualTo("/v1/a");
    assertThat(catalog.route("POST", "/v1/c")).isEqualTo(UNMATCHED);
    assertThat(catalog.meters()).containsExactly("calls", "tokens");
  }

  @Test
  void route_givesTheSameObjectToCallsThatAreTreatedAlike() {
    TierCatalog catalog = catalog(List.of("/v1/*"), List.of("/v1/{id}/x"));

    assertThat(catalog.route("GET", "/v1/a/b")).isSameAs(catalog.route("PUT", "/v1/z"));
    assertThat(catalog.route("GET", "/v1/a/x")).isSameAs(catalog.route("PUT", "/v1/z/x"));
  }

  @Test
  void route_equalsAnOracleThatMatchesEveryPattern() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      List<List<EndpointPattern>> tiers = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(4); i++) {
        tiers.add(patterns(random));
      }
      List<Tier> made = new ArrayList<>();
      for (List<EndpointPattern> patterns : tiers) {
        made.add(
            tier("t" + made.size(), patterns.stream().map(EndpointPattern::toString).toList()));
      }
      TierCatalog catalog = TierCatalog.of(made.toArray(Tier[]::new));
      for (int call = 0; call < 50; call++) {
        String method = List.of("GET", "HEAD", "POST", "PUT").get(random.nextInt(4));
        String path = path(random);
        assertThat(allowed(catalog, method, path))
            .describedAs("seed %d, round %d: %s %s of %s", seed, round, method, path, tiers)
            .isEqualTo(oracle(tiers, method, path));
      }
    }
  }

  private static List<EndpointPattern> patterns(Random random) {
    List<EndpointPattern> patterns = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(5); i++) {
      StringBuilder text = new StringBuilder(List.of("", "GET ", "POST ").get(random.nextInt(3)));
      int length = random.nextInt(4);
      for (int s = 0; s < length; s++) {
        text.append('/').append(List.of("a", "b", "{v" + s + "}").get(random.nextInt(3)));
      }
      text.append(random.nextBoolean() ? "/*" : length == 0 ? "/" : "");
      EndpointPattern pattern = EndpointPattern.of(text.toString());
      if (patterns.stream().noneMatch(p -> p.shape().equals(pattern.shape()))) {
        patterns.add(pattern);
      }
    }
    return patterns;
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder();
    int length = random.nextInt(5);
    for (int i = 0; i < length; i++) {
      path.append('/').append(List.of("a", "b", "c").get(random.nextInt(3)));
    }
    return path.append(length == 0 || random.nextInt(9) == 0 ? "/" : "").toString();
  }

  /** The rule as it is written, without any of the code under test. */
  private static String oracle(List<List<EndpointPattern>> tiers, String method, String path) {
    List<String> allowed = new ArrayList<>();
    for (int tier = 0; tier < tiers.size(); tier++) {
      String best = "~";
      for (EndpointPattern pattern : tiers.get(tier)) {
        if (matches(pattern, method, path) && rank(pattern).compareTo(best) < 0) {
          best = rank(pattern);
        }
      }
      boolean reserved = false;
      for (EndpointPattern pattern : tiers.stream().flatMap(List::stream).toList()) {
        reserved |=
            matches(pattern, method, path)
                && rank(pattern).compareTo(best) < 0
                && lowest(tiers, pattern) > tier;
      }
      if (!best.equals("~") && !reserved) {
        allowed.add("t" + tier);
      }
    }
    return String.join(" ", allowed);
  }

  private static int lowest(List<List<EndpointPattern>> tiers, EndpointPattern pattern) {
    for (int tier = 0; tier < tiers.size(); tier++) {
      for (EndpointPattern other : tiers.get(tier)) {
        if (other.method().equals(pattern.method()) && regex(other).equals(regex(pattern))) {
          return tier;
        }
      }
    }
    throw new AssertionError(pattern);
  }

  private static boolean matches(EndpointPattern pattern, String method, String path) {
    String treated = method.equals("HEAD") ? "GET" : method;
    Optional<String> own = pattern.method();
    String trimmed = path.length() > 1 && path.endsWith("/") ? path.replaceAll("/$", "") : path;
    return (own.isEmpty() || own.get().equals(treated)) && trimmed.matches(regex(pattern));
  }

  private static String regex(EndpointPattern pattern) {
    String text = pattern.path().text();
    return text.equals("/*")
        ? "/.*"
        : text.replaceAll("\\{[^}]*}", "[^/]+").replaceAll("/\\*$", "(/.*)?");
  }

  /** Sorts before what is less specific: a literal 0, a variable 1, the end 2, the rest 3. */
  private static String rank(EndpointPattern pattern) {
    String text = pattern.path().text();
    String kinds = text.equals("/") ? "" : text.replaceAll("/\\{[^}]*}", "1").replace("/*", "3");
    kinds = kinds.replaceAll("/[a-z]", "0");
    return kinds + (kinds.endsWith("3") ? "" : "2") + (pattern.method().isPresent() ? "m" : "n");
  }

  @SafeVarargs
  private static TierCatalog catalog(List<String>... tiers) {
    List<Tier> made = new ArrayList<>();
    for (List<String> patterns : tiers) {
      made.add(tier("t" + made.size(), patterns));
    }
    return TierCatalog.of(made.toArray(Tier[]::new));
  }

  private static Tier tier(String name, List<String> patterns) {
    return Tier.named(name).endpoints(patterns.toArray(String[]::new)).build();
  }

  private static String allowed(TierCatalog catalog, String method, String path) {
    return catalog.route(method, path) instanceof Route.Metered metered
        ? String.join(
            " ", catalog.tiers().stream().filter(metered::allows).map(Tier::name).toList())
        : "";
  }

  private static String label(TierCatalog catalog, String method, String path) {
    return ((Route.Metered) catalog.route(method, path)).endpoint().label();
  }
}
