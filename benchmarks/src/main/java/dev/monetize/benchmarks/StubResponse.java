// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.lang.reflect.Proxy;

/** A response that keeps headers, and allocates nothing. */
final class StubResponse extends HttpServletResponseWrapper {

  private static final HttpServletResponse NONE =
      (HttpServletResponse)
          Proxy.newProxyInstance(
              StubResponse.class.getClassLoader(),
              new Class<?>[] {HttpServletResponse.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  private final String[] names = new String[16];
  private final String[] values = new String[16];
  private int headers;

  StubResponse() {
    super(NONE);
  }

  void clear() {
    headers = 0;
  }

  int headers() {
    return headers;
  }

  @Override
  public void setHeader(String name, String value) {
    names[headers] = name;
    values[headers++] = value;
  }

  @Override
  public int getStatus() {
    return 200;
  }

  @Override
  public boolean isCommitted() {
    return true;
  }

  @Override
  public String getHeader(String name) {
    return null;
  }
}
