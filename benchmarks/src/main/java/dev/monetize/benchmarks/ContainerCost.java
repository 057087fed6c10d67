// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.monetize.ApiCall;
import dev.monetize.Caller;
import dev.monetize.Credential;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.Outcome;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.tier.TierCatalog;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the filter adds to a request on a real container: CPU time of this process per request, in
 * rounds that take turns, of a container without it, of one with a filter that only sets the same
 * five headers to constants, and of one with ours; and, asked for {@code parts}, of filters that do
 * a part of what ours does. The client is another process ({@link ContainerLoad}), so its CPU is
 * not in the figure. Prints the mean differences with their 95 % confidence intervals.
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar dev.monetize.benchmarks.ContainerCost \\
 *    [jetty|tomcat|undertow] [rounds] [parts]
 * </pre>
 */
public final class ContainerCost {

  private static final int REQUESTS = 20_000;
  private static final int WARM_UP = 25;

  private static final String POLICY =
      "\"rate_limit\";q=10000000;w=1, \"calls/month\";q=4000000000;w=2592000";
  private static final String STATE =
      "\"rate_limit\";r=9999999;t=1, \"calls/month\";r=3999999999;t=864000";

  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final Process load;
  private final BufferedReader answers;

  private ContainerCost(Process load) {
    this.load = load;
    this.answers =
        new BufferedReader(new InputStreamReader(load.getInputStream(), StandardCharsets.UTF_8));
  }

  public static void main(String[] arguments) throws Exception {
    Containers container = Containers.of(arguments.length > 0 ? arguments[0] : "jetty");
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 60;
    Monetizer monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", BenchTiers.FILE))
            .dataDirectory(Files.createTempDirectory("container-cost"))
            .build();
    monetizer.accounts().createCustomer("acme", "", "pro");
    String key = monetizer.accounts().issueKey("acme", "").takeSecret();
    List<Containers.Running> servers = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Part part : parts(monetizer, arguments.length > 2)) {
      servers.add(container.start(app(part.setup())));
      names.add(part.name());
    }
    Process load =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                ContainerLoad.class.getName(),
                key)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      System.out.print(container + ": ");
      new ContainerCost(load).run(servers, names, rounds);
    } finally {
      load.destroy();
      for (Containers.Running server : servers) {
        server.stop().stop();
      }
    }
    System.exit(0); // Tomcat leaves a thread behind
  }

  /** What stands in front of the servlet of one server. */
  private record Part(String name, Setup setup) {}

  /** The first is the bare one, the second has headers alone, the third is ours. */
  private static List<Part> parts(Monetizer monetizer, boolean all) {
    List<Part> parts =
        new ArrayList<>(
            List.of(
                new Part("bare", context -> {}),
                new Part("five constant headers", context -> add(context, new Constants())),
                new Part(
                    "the filter",
                    context -> MonetizeFilter.register(context, monetizer, "/v1/*"))));
    if (all) {
      for (Engine.Until until : Engine.Until.values()) {
        parts.add(new Part(until.does, context -> add(context, new Engine(monetizer, until))));
      }
    }
    return parts;
  }

  /** What is put in front of the servlet. */
  private interface Setup {
    void of(ServletContext context);
  }

  private static ServletContainerInitializer app(Setup setup) {
    return (Set<Class<?>> classes, ServletContext context) -> {
      context.addServlet("hello", new Hello()).addMapping("/v1/hello");
      setup.of(context);
    };
  }

  private static void add(ServletContext context, Filter filter) {
    FilterRegistration.Dynamic added = context.addFilter("part", filter);
    added.setAsyncSupported(true);
    added.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/v1/*");
  }

  private void run(List<Containers.Running> servers, List<String> names, int rounds)
      throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      for (Containers.Running server : servers) {
        micros(server.port());
      }
    }
    double bare = 0;
    Differences beyond = new Differences();
    List<Differences> added = servers.stream().map(server -> new Differences()).toList();
    for (int i = 0; i < rounds; i++) {
      double[] micros = new double[servers.size()];
      for (int j = 0; j < micros.length; j++) {
        int turn = (i + j) % micros.length;
        micros[turn] = micros(servers.get(turn).port());
      }
      bare += micros[0];
      beyond.add(micros[2] - micros[1]);
      for (int j = 1; j < micros.length; j++) {
        added.get(j).add(micros[j] - micros[0]);
      }
    }
    System.out.printf(
        "bare %.2f us of CPU per request, %d rounds of %d requests%n",
        bare / rounds, rounds, REQUESTS);
    for (int j = 1; j < servers.size(); j++) {
      System.out.println(names.get(j) + ": " + added.get(j) + " more");
    }
    System.out.println("the filter beyond five constant headers: " + beyond + " more");
  }

  /** CPU microseconds per request, over one round. */
  private double micros(int port) throws IOException {
    long before = process.getProcessCpuTime();
    load.outputWriter(StandardCharsets.UTF_8).write(port + " " + REQUESTS + "\n");
    load.outputWriter(StandardCharsets.UTF_8).flush();
    String answered = answers.readLine();
    if (!String.valueOf(REQUESTS).equals(answered)) {
      throw new IOException("expected " + REQUESTS + " answers of 200, got " + answered);
    }
    return (process.getProcessCpuTime() - before) / 1e3 / REQUESTS;
  }

  private static final class Hello extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.getWriter().print("hello");
    }
  }

  /** The headers that the filter sets, as they stand in an answer of it. */
  private static final class Constants implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      HttpServletResponse answer = (HttpServletResponse) response;
      answer.setHeader("X-RateLimit-Limit", "100000000");
      answer.setHeader("X-RateLimit-Remaining", "99999999");
      answer.setHeader("X-RateLimit-Reset", "1795000000");
      answer.setHeader("RateLimit-Policy", POLICY);
      answer.setHeader("RateLimit", STATE);
      chain.doFilter(request, response);
    }
  }

  /** Does what the engine does of a call, up to a point, and no headers. */
  private static final class Engine implements Filter {

    private final Monetizer monetizer;
    private final Until until;

    enum Until {
      IDENTIFIED("the key looked up"),
      ADMITTED("and the call admitted, and not billed"),
      SETTLED("and billed: settled, journal and totals");

      private final String does;

      Until(String does) {
        this.does = does;
      }
    }

    Engine(Monetizer monetizer, Until until) {
      this.monetizer = monetizer;
      this.until = until;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      HttpServletRequest http = (HttpServletRequest) request;
      Credential key = Credential.key(http.getHeader("X-API-Key"));
      String address = http.getRemoteAddr();
      if (until == Until.IDENTIFIED) {
        if (!(monetizer.identify(key, address) instanceof Caller)) {
          throw new ServletException("not identified");
        }
        chain.doFilter(request, response);
        return;
      }
      if (!(monetizer.admit(new ApiCall("GET", http.getServletPath(), key, address))
          instanceof Granted call)) {
        throw new ServletException("not admitted");
      }
      chain.doFilter(request, response);
      call.settle(until == Until.SETTLED ? Outcome.answered(200) : Outcome.abandoned());
    }
  }
}
