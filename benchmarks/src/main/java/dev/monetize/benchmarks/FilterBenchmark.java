// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import dev.monetize.Monetizer;
import dev.monetize.servlet.MonetizeFilter;
import dev.monetize.tier.TierCatalog;
import jakarta.servlet.FilterChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the filter adds to a request: path and key read, caller looked up, a rate limit and a quota
 * decided, five headers set, the call settled and its usage event appended to the journal. Request
 * and response are stubs, so that nothing of a container is in the figure.
 *
 * <p>A shot is {@value #CALLS} calls on an engine of its own: called without a pause, millions of
 * times a second, the journal would grow faster than disks can take it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 40)
@Measurement(iterations = 60)
@Fork(1)
public class FilterBenchmark {

  private static final int CALLS = 40_000;

  private Path data;
  private Monetizer monetizer;
  private MonetizeFilter filter;
  private StubRequest request;
  private StubResponse response;
  private final FilterChain chain = (servletRequest, servletResponse) -> {};

  @Setup(Level.Iteration)
  public void open() throws IOException {
    data = Files.createTempDirectory("filter-benchmark");
    monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", BenchTiers.FILE))
            .dataDirectory(data)
            .build();
    monetizer.accounts().createCustomer("acme", "", "pro");
    String key = monetizer.accounts().issueKey("acme", "").takeSecret();
    filter = new MonetizeFilter(monetizer);
    request = new StubRequest("/v1/reports/7", key);
    response = new StubResponse();
  }

  @TearDown(Level.Iteration)
  public void close() throws IOException {
    monetizer.close();
    try (Stream<Path> files = Files.walk(data)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int admitServeSettle() throws Exception {
    int headers = 0;
    for (int i = 0; i < CALLS; i++) {
      request.clear();
      response.clear();
      filter.doFilter(request, response, chain);
      headers += response.headers();
    }
    return headers;
  }
}
