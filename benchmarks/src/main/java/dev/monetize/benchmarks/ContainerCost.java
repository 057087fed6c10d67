// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.monetize.Monetizer;
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
 * five headers to constants, and of one with ours. The client is another process ({@link
 * ContainerLoad}), so its CPU is not in the figure. Prints the mean differences with their 95 %
 * confidence intervals.
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar dev.monetize.benchmarks.ContainerCost \\
 *    [jetty|tomcat|undertow] [rounds]
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
    List<Containers.Running> servers =
        List.of(
            container.start(app(context -> {})),
            container.start(app(ContainerCost::constants)),
            container.start(app(context -> MonetizeFilter.register(context, monetizer, "/v1/*"))));
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
      new ContainerCost(load).run(servers, rounds);
    } finally {
      load.destroy();
      for (Containers.Running server : servers) {
        server.stop().stop();
      }
    }
    System.exit(0); // Tomcat leaves a thread behind
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

  private static void constants(ServletContext context) {
    FilterRegistration.Dynamic constants = context.addFilter("constants", new Constants());
    constants.setAsyncSupported(true);
    constants.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/v1/*");
  }

  private void run(List<Containers.Running> servers, int rounds) throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      for (Containers.Running server : servers) {
        micros(server.port());
      }
    }
    double bare = 0;
    Differences constants = new Differences();
    Differences ours = new Differences();
    Differences beyond = new Differences();
    for (int i = 0; i < rounds; i++) {
      double[] micros = new double[servers.size()];
      for (int j = 0; j < micros.length; j++) {
        int turn = (i + j) % micros.length;
        micros[turn] = micros(servers.get(turn).port());
      }
      bare += micros[0];
      constants.add(micros[1] - micros[0]);
      ours.add(micros[2] - micros[0]);
      beyond.add(micros[2] - micros[1]);
    }
    List<String> lines = new ArrayList<>();
    lines.add("bare %.2f us of CPU per request".formatted(bare / rounds));
    lines.add("five constant headers add " + constants);
    lines.add("the filter adds " + ours + ", " + beyond + " beyond those");
    lines.add("%d rounds of %d requests".formatted(rounds, REQUESTS));
    System.out.println(String.join("; ", lines));
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
}
