// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.Caller;
import dev.monetize.Credential;
import dev.monetize.Monetizer;
import dev.monetize.tier.TierCatalog;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the README prints, compiled and run as it is printed. */
class ReadmeTest {

  private static final String ENGINE = "Monetizer monetizer";
  private static final Snippet ACCOUNTS = new Snippet("accounts", ENGINE, "key");
  private static final Snippet JETTY = new Snippet("jetty", ENGINE + ", ServletContextHandler app");
  private static final Snippet TOMCAT = new Snippet("tomcat", ENGINE + ", Context app");
  private static final Snippet UNDERTOW = new Snippet("undertow", ENGINE + ", DeploymentInfo app");

  /** Statements; listener, tier files and configuration are treated apart. */
  private static final List<Snippet> SNIPPETS =
      List.of(
          ACCOUNTS,
          JETTY,
          TOMCAT,
          UNDERTOW,
          new Snippet("servlets", ENGINE + ", ServletContext context"),
          new Snippet("handler", "HttpServletRequest request, List<String> words"),
          new Snippet("sdk", ENGINE + ", String key, Runnable work"),
          new Snippet("own-users", "Users users", "monetizer"),
          new Snippet("principal", ENGINE + ", ServletContext context"),
          new Snippet("sinks", "Warehouse warehouse", "monetizer"),
          new Snippet("record", ENGINE + ", Instant finished", "answer"),
          new Snippet("stripe", "ServletContext context, URI thanks, URI pricing", "page"),
          new Snippet(
              "reconcile",
              ENGINE
                  + ", StripeConnection connection, StripeUsageSink usage, List<String> customers",
              "report"),
          new Snippet("many-instances", "Pepper pepper", "monetizer"),
          new Snippet("notices", "String secret", "monetizer"),
          new Snippet("invoice", ENGINE, "invoice"),
          new Snippet("history", ENGINE + ", Instant from, Instant to, StringBuilder writer"));

  /** Types of the app that the README speaks of, and of Spring. */
  private static final Map<String, String> APP =
      Map.of(
          "Users",
          "public interface Users { record User(String id) {}"
              + " java.util.Optional<User> findByKeyHash(String hex); }",
          "Warehouse",
          "public interface Warehouse { void insertUnlessPresent(String id,"
              + " java.util.List<dev.monetize.usage.UsageTotal> totals) throws Exception; }",
          "org.springframework.boot.web.servlet.ServletContextInitializer",
          "package org.springframework.boot.web.servlet; public interface"
              + " ServletContextInitializer { void onStartup(jakarta.servlet.ServletContext"
              + " servletContext) throws jakarta.servlet.ServletException; }",
          "org.springframework.context.annotation.Bean",
          "package org.springframework.context.annotation; public @interface Bean {}",
          "org.springframework.context.annotation.Configuration",
          "package org.springframework.context.annotation; public @interface Configuration {}");

  @TempDir Path temp;

  @Test
  void runIt_isOneCommand() {
    assertThat(Readme.firstShellBlock("Run it"))
        .isEqualTo("mvn -q -Pquickstart -pl examples/quickstart -am package");
  }

  @Test
  void testIt_isTheCommandOfCi() throws IOException {
    String command = Readme.firstShellBlock("Test it");

    assertThat(command).doesNotContain("\n").startsWith("mvn ");
    assertThat(Files.readAllLines(Path.of("..", ".ci", "run"))).endsWith(command);
  }

  @Test
  void java_isAllNamed_soThatItIsCompiled() {
    List<String> known = new ArrayList<>(SNIPPETS.stream().map(Snippet::name).toList());
    known.addAll(List.of("listener", "spring"));

    assertThat(Readme.names()).containsAll(known);
    List<String> compiled = known.stream().map(Readme::snippet).toList();
    assertThat(compiled).containsAll(Readme.blocks("java"));
  }

  @Test
  void listener_isTenLines() {
    assertThat(code("listener").lines().count()).isEqualTo(10);
  }

  /** Without imports. */
  private static String code(String name) {
    return Readme.snippet(name)
        .lines()
        .filter(line -> !line.startsWith("import ") && !line.isBlank())
        .reduce("", (all, line) -> all + line + "\n");
  }

  @TestFactory
  List<DynamicTest> statements_compile() {
    return SNIPPETS.stream()
        .map(each -> DynamicTest.dynamicTest(each.name(), () -> compile(each)))
        .toList();
  }

  @Test
  void spring_compiles() throws Exception {
    Map<String, String> sources = new HashMap<>(APP);
    sources.put("Monetization", Readme.snippet("spring"));
    Compiled.into(temp, sources);
  }

  private Compiled compile(Snippet snippet) throws IOException {
    Map<String, String> sources = new HashMap<>(APP);
    sources.put(snippet.className(), snippet.source());
    return Compiled.into(Files.createTempDirectory(temp, "classes"), sources);
  }

  @TestFactory
  List<DynamicTest> tierFiles_load() {
    List<DynamicTest> tests = new ArrayList<>();
    List<String> files = new ArrayList<>(Readme.blocks("yaml"));
    files.addAll(Readme.blocks(Path.of("..", "monetize-core", "TIER-FILE.md"), "yaml"));
    for (int i = 0; i < files.size(); i++) {
      String file = files.get(i);
      tests.add(
          DynamicTest.dynamicTest(
              "number " + (i + 1),
              () -> assertThat(TierCatalog.parse("example.yml", file).tiers()).isNotEmpty()));
    }
    return tests;
  }

  /** The ten lines, in an app of its own that starts in the directory that the tier file is in. */
  @Test
  void listener_limitsAndMeters() throws Exception {
    Path data = temp.resolve("monetize-data");
    Files.writeString(temp.resolve("tiers.yml"), Readme.snippet("tiers"));
    Compiled.into(temp, Map.of("Metering", Readme.snippet("listener")));
    String key;
    try (Monetizer monetizer = monetizer(data)) {
      key = newKey(monetizer);
    }

    try (ListenerApp app = new ListenerApp(temp, "Metering")) {
      exercise(app.port(), key);
    }

    try (Monetizer monetizer = monetizer(data)) {
      assertThat(used(monetizer, key)).isEqualTo(10);
    }
  }

  @Test
  void jetty_limitsAndMeters() throws Exception {
    Monetizer monetizer = monetizer(temp.resolve("data"));
    String key = newKey(monetizer);
    ServletContextHandler app = new ServletContextHandler("/");
    app.addServlet(new ServletHolder(new ListenerHost.Hello()), "/v1/hello");
    compile(JETTY).run(JETTY.className(), monetizer, app);
    Server server = new Server(0);
    server.setHandler(app);
    server.start();
    try {
      int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
      exercise(port, key);
      assertThat(get(port, "/usage", key).body()).contains("\"used\":10");
    } finally {
      server.stop();
    }
  }

  @Test
  void tomcat_limitsAndMeters() throws Exception {
    Monetizer monetizer = monetizer(temp.resolve("data"));
    String key = newKey(monetizer);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(temp.resolve("tomcat").toString());
    tomcat.setPort(0);
    Context app = tomcat.addContext("", null);
    Tomcat.addServlet(app, "hello", new ListenerHost.Hello()).addMapping("/v1/hello");
    compile(TOMCAT).run(TOMCAT.className(), monetizer, app);
    tomcat.getConnector();
    tomcat.start();
    try {
      int port = tomcat.getConnector().getLocalPort();
      exercise(port, key);
      assertThat(get(port, "/usage", key).body()).contains("\"used\":10");
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  @Test
  void undertow_limitsAndMeters() throws Exception {
    try (Monetizer monetizer = monetizer(temp.resolve("data"))) {
      String key = newKey(monetizer);
      DeploymentInfo app =
          Servlets.deployment()
              .setClassLoader(getClass().getClassLoader())
              .setContextPath("/")
              .setDeploymentName("readme")
              .addServlet(
                  Servlets.servlet(
                          "hello",
                          ListenerHost.Hello.class,
                          new ImmediateInstanceFactory<>(new ListenerHost.Hello()))
                      .addMapping("/v1/hello"));
      compile(UNDERTOW).run(UNDERTOW.className(), monetizer, app);
      DeploymentManager deployment = Servlets.defaultContainer().addDeployment(app);
      deployment.deploy();
      Undertow server =
          Undertow.builder().addHttpListener(0, "localhost").setHandler(deployment.start()).build();
      server.start();
      try {
        int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        exercise(port, key);
        assertThat(get(port, "/usage", key).body()).contains("\"used\":10");
      } finally {
        server.stop();
        deployment.stop();
      }
    }
  }

  /** The web.xml, in a web app of its own; only the data directory is another one. */
  @Test
  void webXml_limitsAndMeters() throws Exception {
    Path data = temp.resolve("data");
    String key;
    try (Monetizer monetizer = monetizer(data)) {
      key = newKey(monetizer);
    }
    Path info = Files.createDirectories(temp.resolve("app").resolve("WEB-INF"));
    Files.writeString(info.resolve("tiers.yml"), Readme.snippet("tiers"));
    Files.writeString(
        info.resolve("web.xml"),
        "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"5.0\""
            + " metadata-complete=\"true\">\n"
            + "<servlet><servlet-name>hello</servlet-name><servlet-class>"
            + ListenerHost.Hello.class.getName()
            + "</servlet-class></servlet><servlet-mapping><servlet-name>hello</servlet-name>"
            + "<url-pattern>/v1/hello</url-pattern></servlet-mapping>\n"
            + Readme.snippet("web-xml").replace("/var/lib/my-app/monetize", data.toString())
            + "</web-app>\n");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(temp.resolve("tomcat").toString());
    tomcat.setPort(0);
    tomcat.setAddDefaultWebXmlToWebapp(false);
    tomcat.addWebapp("", temp.resolve("app").toString());
    tomcat.getConnector();
    tomcat.start();
    try {
      int port = tomcat.getConnector().getLocalPort();
      exercise(port, key);
      assertThat(get(port, "/usage", key).body()).contains("\"used\":10");
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  /** Ten calls are served, the eleventh is not. */
  private static void exercise(int port, String key) throws Exception {
    assertThat(get(port, "/v1/hello", "mk_live_nobodys").statusCode()).isEqualTo(401);
    for (int i = 0; i < 10; i++) {
      HttpResponse<String> served = get(port, "/v1/hello", key);
      assertThat(served.statusCode()).isEqualTo(200);
      assertThat(served.body()).isEqualTo("hello");
      assertThat(served.headers().firstValue("X-RateLimit-Remaining")).contains("" + (9 - i));
    }
    HttpResponse<String> refused = get(port, "/v1/hello", key);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
  }

  private static HttpResponse<String> get(int port, String path, String key) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .header("X-API-Key", key)
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  private static Monetizer monetizer(Path data) {
    return Monetizer.builder()
        .tiers(TierCatalog.parse("tiers.yml", Readme.snippet("tiers")))
        .dataDirectory(data)
        .build();
  }

  /** By the README's own words. */
  private String newKey(Monetizer monetizer) throws Exception {
    return (String) compile(ACCOUNTS).run(ACCOUNTS.className(), monetizer);
  }

  private static long used(Monetizer monetizer, String key) {
    Caller caller = (Caller) monetizer.identify(Credential.key(key), "");
    return monetizer.usage(caller).meters().get("calls").used();
  }
}
