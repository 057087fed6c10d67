// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import java.util.List;

/** Ways to write {@code /api/premium} that some server, framework or proxy takes for it. */
final class Spellings {

  static final List<String> ALL =
      List.of(
          "/api/premium",
          "/api/premium;x=1",
          "/api;x=1/premium",
          "/api/premium;jsessionid=AB",
          "/api/%70remium",
          "/%61pi/premium",
          "/api/./premium",
          "/api/z/../premium",
          "//api/premium",
          "/api//premium",
          "/api/%2e/premium",
          "/api/z/%2e%2e/premium",
          "/api/..;/api/premium",
          "/api/premium/",
          "/API/premium",
          "/api/Premium",
          "/api%2fpremium",
          "/api%2Fpremium",
          "/api/premium%00",
          "/api/premium%20",
          "/api/premium%3bx",
          "/api\\premium",
          "/api%5cpremium",
          "/api/premium.json",
          "/api/premium.",
          "/api/premium/.",
          "/api/%2570remium",
          "/api/premium%0d%0aSet-Cookie:a=b",
          "/api/%c1%b0remium",
          "/api%c0%afpremium",
          "/api/%zzremium",
          "/api/premium#part",
          "/api/premium?/api/basic/x",
          "http://localhost/api/premium",
          "*",
          "/api%ef%bc%8fpremium",
          "/api/premium%e2%80%a8",
          "/api/premium\u00c3\u00a9",
          "/api/basic/../premium",
          "/api/basic/..%2fpremium",
          "/api/basic/..;/premium",
          "/api/basic/..;a=b/premium",
          "/api/basic/%2e%2e/premium",
          "/api/basic/..%5cpremium",
          "/api/basic;/../premium",
          "/api/basic/..;%2fpremium",
          "/api/" + "x".repeat(65_536) + "/../premium",
          "/api/" + "a/../".repeat(10_000) + "premium");

  private Spellings() {}

  /** As it is shown in a table. */
  static String shown(String spelling) {
    String text = spelling.replace("\u00c3\u00a9", "\\xC3\\xA9");
    return text.length() > 60
        ? text.substring(0, 20) + "... (" + text.length() + " characters)"
        : text;
  }
}
