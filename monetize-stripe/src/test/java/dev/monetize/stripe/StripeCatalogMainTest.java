// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.param.ProductUpdateParams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line: what it prints, and what it ends with. */
final class StripeCatalogMainTest {

  @TempDir private Path directory;
  private final CatalogBench bench = new CatalogBench();
  private final Map<String, String> env =
      new HashMap<>(
          Map.of(
              "STRIPE_API_KEY", bench.stripe.apiKey(),
              "STRIPE_API_BASE", bench.stripe.apiBase()));
  private String file = "";
  private String out = "";
  private String err = "";

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("tiers.yml").toString();
    Files.writeString(Path.of(file), TestTiers.TEXT);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private int run(String... args) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream failed = new ByteArrayOutputStream();
    int end =
        StripeCatalogMain.run(
            List.of(args),
            env,
            new PrintStream(printed, true, StandardCharsets.UTF_8),
            new PrintStream(failed, true, StandardCharsets.UTF_8));
    out = printed.toString(StandardCharsets.UTF_8);
    err = failed.toString(StandardCharsets.UTF_8);
    return end;
  }

  @Test
  void plan_endsWith2_untilItIsApplied() {
    assertThat(run("plan", file)).isEqualTo(2);
    assertThat(out).contains("+ make product \"pro\" of tier pro\n", "7 changes are to be made");
    assertThat(bench.posts()).isZero();

    assertThat(run("apply", file)).isZero();
    assertThat(out).contains("+ make product \"pro\" of tier pro\n").endsWith("Done.\n");

    assertThat(run("plan", file)).isZero();
    assertThat(out).isEqualTo("Stripe agrees with the tiers: nothing is to be done.\n");
    assertThat(run("apply", file)).isZero();
    assertThat(err).isEmpty();
  }

  @Test
  void options_nameThings() throws StripeException {
    assertThat(
            run(
                "apply",
                file,
                "--prefix",
                "shop",
                "--meter",
                "calls=hits",
                "--product",
                "pro=Acme Pro",
                "--json"))
        .isZero();
    assertThat(out).startsWith("{\"changes\":[{\"change\":\"create_meter\"").endsWith("}\n");
    assertThat(bench.product("pro").getName()).isEqualTo("Acme Pro");
    assertThat(bench.price("shop.pro.base").getActive()).isTrue();
    assertThat(bench.meters().get(0).getEventName()).isEqualTo("hits");
  }

  @Test
  void faults_endWith1() throws StripeException {
    run("apply", file);
    ProductUpdateParams off = ProductUpdateParams.builder().setActive(false).build();
    bench.client.v1().products().update(bench.product("pro").getId(), off);

    assertThat(run("plan", file)).isEqualTo(1);
    assertThat(out).contains("fault: product ");
    assertThat(run("apply", file)).isEqualTo(1);
  }

  @Test
  void errors_endWith1_andSayWhatIsWrong() throws IOException {
    assertThat(run("plan", directory.resolve("none.yml").toString())).isEqualTo(1);
    assertThat(err).contains("none.yml");
    Files.writeString(Path.of(file), "tiers: {}");
    assertThat(run("plan", file)).isEqualTo(1);
    assertThat(err).contains("tiers");

    Files.writeString(Path.of(file), TestTiers.TEXT);
    bench.stripe.revoke(bench.stripe.apiKey());
    assertThat(run("plan", file)).isEqualTo(1);
    assertThat(err).startsWith("Stripe: ").doesNotContain(bench.stripe.apiKey());
    env.remove("STRIPE_API_KEY");
    assertThat(run("plan", file)).isEqualTo(1);
    assertThat(err).isEqualTo("STRIPE_API_KEY is not set\n");
  }

  @Test
  void wordsThatMeanNothing_endWith1_andHelp() {
    assertThat(run()).isEqualTo(1);
    assertThat(err).startsWith("Makes Stripe agree with a tier file.").contains("2 if it is");
    assertThat(run("--help")).isZero();
    assertThat(out).startsWith("Makes Stripe agree with a tier file.");
    assertThat(run("destroy", file)).isEqualTo(1);
    assertThat(err).startsWith("expected plan or apply, got destroy\n");
    assertThat(run("plan")).isEqualTo(1);
    assertThat(err).startsWith("expected a tier file after plan\n");
    assertThat(run("plan", file, "--force")).isEqualTo(1);
    assertThat(err).startsWith("unknown option --force\n");
    assertThat(run("plan", file, "--prefix")).isEqualTo(1);
    assertThat(err).startsWith("expected a value after --prefix\n");
    assertThat(run("plan", file, "--meter", "calls")).isEqualTo(1);
    assertThat(err).startsWith("expected <name>=<value> after --meter, got calls\n");
  }
}
