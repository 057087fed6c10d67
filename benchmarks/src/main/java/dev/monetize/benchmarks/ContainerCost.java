// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.monetize.Monetizer;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.tier.TierCatalog;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * What the filter adds to a request on a real container: CPU time of this process per request, of a
 * Jetty with the filter and of one without, in rounds that take turns. The client is another
 * process ({@link ContainerLoad}), so its CPU is not in the figure. Prints the mean difference of
 * the pairs with its 95 % confidence interval.
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar dev.monetize.benchmarks.ContainerCost [rounds]
 * </pre>
 */
public final class ContainerCost {

  private static final int REQUESTS = 20_000;
  private static final int WARM_UP = 25;

  /** Of Student's distribution, 97.5 %, for many degrees of freedom. */
  private static final double T = 2.05;

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
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
    Path data = Files.createTempDirectory("container-cost");
    Monetizer monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", BenchTiers.FILE))
            .dataDirectory(data)
            .build();
    monetizer.accounts().createCustomer("acme", "", "pro");
    String key = monetizer.accounts().issueKey("acme", "").takeSecret();
    Server bare = jetty(null);
    Server metered = jetty(monetizer);
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
      new ContainerCost(load).run(port(bare), port(metered), rounds);
    } finally {
      load.destroy();
      bare.stop();
      metered.stop();
    }
  }

  private static Server jetty(Monetizer monetizer) throws Exception {
    Server server = new Server(0);
    ServletContextHandler app = new ServletContextHandler("/");
    app.addServlet(new ServletHolder(new Hello()), "/v1/hello");
    if (monetizer != null) {
      app.addServletContainerInitializer(
          (classes, context) -> MonetizeFilter.register(context, monetizer, "/v1/*"));
    }
    server.setHandler(app);
    server.start();
    return server;
  }

  private static int port(Server server) {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  private void run(int bare, int metered, int rounds) throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      micros(bare);
      micros(metered);
    }
    double sum = 0;
    double squares = 0;
    double bareSum = 0;
    for (int i = 0; i < rounds; i++) {
      boolean first = i % 2 == 0;
      double a = micros(first ? bare : metered);
      double b = micros(first ? metered : bare);
      double difference = first ? b - a : a - b;
      bareSum += first ? a : b;
      sum += difference;
      squares += difference * difference;
    }
    double mean = sum / rounds;
    double deviation = Math.sqrt((squares - rounds * mean * mean) / (rounds - 1));
    System.out.printf(
        "bare %.2f us of CPU per request; the filter adds %.2f us, 95 %% interval +/- %.2f us"
            + " (%d pairs of rounds of %d requests)%n",
        bareSum / rounds, mean, T * deviation / Math.sqrt(rounds), rounds, REQUESTS);
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
}
