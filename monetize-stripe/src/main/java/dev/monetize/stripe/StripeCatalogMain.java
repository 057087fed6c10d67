// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.tier.TierCatalog;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@link StripeCatalog} on a command line, for people and for CI: {@code plan} ends with 0 where
 * Stripe agrees with the tiers, and with 2 where something is to be done. Called without arguments
 * it tells how it is used.
 */
public final class StripeCatalogMain {

  static final int DONE = 0;
  static final int FAILED = 1;
  static final int TO_DO = 2;

  private static final String KEY = "STRIPE_API_KEY";
  private static final String BASE = "STRIPE_API_BASE";

  private static final String HELP =
      """
      Makes Stripe agree with a tier file.

        plan <tiers.yml> [options]     print what would be done; ends with 0 if that is nothing,
                                       2 if it is something, 1 on an error
        apply <tiers.yml> [options]    do it, and print what was done; ends with 0, or 1 on an error

        --prefix <text>                what lookup keys begin with; monetize unless given
        --meter <ours>=<event name>    event name of a meter; <prefix>_<ours> unless given
        --product <tier>=<name>        what customers read for a tier; its name unless given
        --json                         print JSON, on one line

      Environment: STRIPE_API_KEY, a secret or restricted key that may write products, prices,
      meters and entitlements; STRIPE_API_BASE, where Stripe is, for tests.
      """;

  private StripeCatalogMain() {}

  /** Ends the process with 0, 1 or 2. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(List.of(args), System.getenv(), out, err));
  }

  static int run(List<String> args, Map<String, String> env, PrintStream out, PrintStream err) {
    if (args.contains("--help")) {
      out.println(HELP);
      return DONE;
    }
    try {
      CatalogCommand command = CatalogCommand.parse(args);
      String key = env.get(KEY);
      if (key == null || key.isBlank()) {
        throw new IllegalArgumentException(KEY + " is not set");
      }
      StripeConnection connection = StripeConnection.with(key.strip());
      String base = env.get(BASE);
      StripeCatalog catalog =
          command.catalog(base == null ? connection : connection.at(URI.create(base)));
      return run(command, catalog, TierCatalog.load(Path.of(command.file())), out);
    } catch (CatalogCommand.UsageException e) {
      err.println(e.getMessage().isEmpty() ? HELP : e.getMessage() + "\n\n" + HELP);
    } catch (IllegalArgumentException | IllegalStateException e) {
      err.println(e.getMessage());
    } catch (StripeException e) {
      err.println("Stripe: " + e.getMessage());
      err.println("What was done before that stays; it can be run again.");
    }
    return FAILED;
  }

  private static int run(
      CatalogCommand command, StripeCatalog catalog, TierCatalog tiers, PrintStream out)
      throws StripeException {
    CatalogPlan plan = catalog.plan(tiers);
    out.println(command.json() ? plan.json() : plan);
    if (!plan.faults().isEmpty()) {
      return FAILED;
    }
    if (!command.applies()) {
      return plan.isEmpty() ? DONE : TO_DO;
    }
    catalog.apply(plan);
    if (!command.json() && !plan.isEmpty()) {
      out.println("Done.");
    }
    return DONE;
  }
}
