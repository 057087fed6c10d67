// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class RouteAllocationTest {

  private final TierCatalog catalog =
      TierCatalog.of(
          Tier.named("free").endpoints("/v1/basic/*", "GET /v1/{id}").build(),
          Tier.named("pro").endpoints("/v1/*", "/v1/{id}/pages/{page}").build());

  @Test
  void route_allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    int allowed = calls(100_000);
    long before = threads.getThreadAllocatedBytes(thread);

    allowed += calls(100_000);

    assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000);
    assertThat(allowed).isPositive();
  }

  private int calls(int count) {
    Tier pro = catalog.tiers().get(1);
    int allowed = 0;
    for (int i = 0; i < count; i++) {
      String path = (i & 1) == 0 ? "/v1/7/pages/9" : "/v1/basic/hello";
      if (catalog.route("GET", path) instanceof Route.Metered route && route.allows(pro)) {
        allowed++;
      }
    }
    return allowed;
  }
}
