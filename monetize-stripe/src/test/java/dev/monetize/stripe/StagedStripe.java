// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import com.stripe.net.HttpClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What a Stripe answers at each stage of a story, recorded once, so that the story can be told in
 * hundreds of orders.
 */
final class StagedStripe extends HttpClient {

  private final HttpClient real =
      new OneTryHttpClient(Duration.ofSeconds(10), Duration.ofSeconds(10));
  private final Map<String, StripeResponse> answers = new HashMap<>();
  private boolean recording = true;
  private int stage;

  void stage(int number) {
    stage = number;
  }

  /** From now on nothing is asked any more that was not asked before. */
  void replay() {
    recording = false;
  }

  @Override
  public StripeResponse request(StripeRequest request) throws StripeException {
    String key = stage + " " + request.method() + " " + request.url();
    if (recording) {
      answers.put(key, real.request(request));
    }
    StripeResponse answer = answers.get(key);
    if (answer == null) {
      throw new IllegalStateException("nothing was recorded of " + key);
    }
    return answer;
  }
}
