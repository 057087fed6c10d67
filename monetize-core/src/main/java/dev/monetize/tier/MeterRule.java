// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A meter that an endpoint counts.
 *
 * @param meter its name; not {@code calls}, which every endpoint counts
 * @param units where the units come from
 * @param estimate units reserved at admission, at least 1; the units themselves where they are
 *     fixed
 */
public record MeterRule(String meter, Units units, long estimate) {

  /** Where units come from. */
  public sealed interface Units {

    /**
     * The same for each call.
     *
     * @param units at least 1
     */
    record Fixed(long units) implements Units {

      public Fixed {
        if (units < 1) {
          throw new IllegalArgumentException("units must be at least 1, got " + units);
        }
      }

      @Override
      public String toString() {
        return Long.toString(units);
      }
    }

    /** The handler adds them. */
    record Handler() implements Units {

      @Override
      public String toString() {
        return "handler";
      }
    }

    /**
     * A whole number in a header of the response.
     *
     * @param name an HTTP field name; case does not matter
     */
    record ResponseHeader(String name) implements Units {

      private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");

      public ResponseHeader {
        if (!NAME.matcher(name).matches()) {
          throw new IllegalArgumentException(
              "header " + Shown.quoted(name) + ": expected a name such as X-Tokens");
        }
      }

      @Override
      public String toString() {
        return "header " + name;
      }
    }

    /** Milliseconds from admission to settlement, rounded up. */
    record Elapsed() implements Units {

      @Override
      public String toString() {
        return "elapsed";
      }
    }
  }

  public MeterRule {
    Objects.requireNonNull(units, "units");
    String fault = Names.fault(meter);
    if (fault != null) {
      throw new IllegalArgumentException("meter " + Shown.quoted(meter) + ": " + fault);
    }
    if (meter.equals(Names.CALLS)) {
      throw new IllegalArgumentException("meter \"calls\": every endpoint counts it already");
    }
    if (estimate < 1) {
      throw new IllegalArgumentException(
          "estimate must be at least 1, got " + estimate + " (meter \"" + meter + "\")");
    }
    if (units instanceof Units.Fixed fixed && fixed.units() != estimate) {
      throw new IllegalArgumentException(
          "estimate must be the fixed units, %d, got %d (meter \"%s\")"
              .formatted(fixed.units(), estimate, meter));
    }
  }

  /** So many units for each call. */
  public static MeterRule fixed(String meter, long units) {
    return new MeterRule(meter, new Units.Fixed(units), units);
  }

  /** The handler adds the units; one is reserved. */
  public static MeterRule handler(String meter) {
    return new MeterRule(meter, new Units.Handler(), 1);
  }

  /** A header of the response tells the units; one is reserved. */
  public static MeterRule header(String meter, String name) {
    return new MeterRule(meter, new Units.ResponseHeader(name), 1);
  }

  /** Milliseconds from admission to settlement; one is reserved. */
  public static MeterRule elapsed(String meter) {
    return new MeterRule(meter, new Units.Elapsed(), 1);
  }

  /** The same with another reservation. */
  public MeterRule estimating(long estimate) {
    return new MeterRule(meter, units, estimate);
  }
}
