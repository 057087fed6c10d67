// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

/** Mean of differences between pairs, with its 95 % confidence interval. */
final class Differences {

  /** Of Student's distribution, 97.5 %, for 29 degrees of freedom; more have a little less. */
  private static final double T = 2.05;

  private int count;
  private double sum;
  private double squares;

  void add(double difference) {
    count++;
    sum += difference;
    squares += difference * difference;
  }

  @Override
  public String toString() {
    double mean = sum / count;
    double deviation = Math.sqrt((squares - count * mean * mean) / (count - 1));
    return "%.2f us (95 %% interval +/- %.2f)".formatted(mean, T * deviation / Math.sqrt(count));
  }
}
