// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.reflect.Proxy;
import java.util.Enumeration;

/**
 * A request with a handful of headers that answers as a container's would, and allocates nothing.
 */
final class StubRequest extends HttpServletRequestWrapper {

  private static final HttpServletRequest NONE =
      (HttpServletRequest)
          Proxy.newProxyInstance(
              StubRequest.class.getClassLoader(),
              new Class<?>[] {HttpServletRequest.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  private final String path;
  private final String[] names = {
    "Host", "User-Agent", "Accept", "Accept-Encoding", "X-API-Key", "Connection"
  };
  private final String[] values = {
    "api.example.com", "curl/8.5.0", "application/json", "gzip", "", "keep-alive"
  };
  private final One one = new One();
  private Object call;

  /** The values of a header that is there once. */
  @SuppressWarnings("JdkObsolete") // what the Servlet API asks for
  private static final class One implements Enumeration<String> {
    private String value;

    @Override
    public boolean hasMoreElements() {
      return value != null;
    }

    @Override
    public String nextElement() {
      String next = value;
      value = null;
      return next;
    }
  }

  StubRequest(String path, String key) {
    super(NONE);
    this.path = path;
    values[4] = key;
  }

  void clear() {
    call = null;
  }

  @Override
  public String getHeader(String name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equalsIgnoreCase(name)) {
        return values[i];
      }
    }
    return null;
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    one.value = getHeader(name);
    return one;
  }

  @Override
  public String getMethod() {
    return "GET";
  }

  @Override
  public String getServletPath() {
    return path;
  }

  @Override
  public String getPathInfo() {
    return null;
  }

  @Override
  public String getRequestURI() {
    return path;
  }

  @Override
  public String getContextPath() {
    return "";
  }

  @Override
  public String getRemoteAddr() {
    return "192.0.2.7";
  }

  @Override
  public DispatcherType getDispatcherType() {
    return DispatcherType.REQUEST;
  }

  @Override
  public Object getAttribute(String name) {
    return call;
  }

  @Override
  public void setAttribute(String name, Object value) {
    call = value;
  }

  @Override
  public boolean isAsyncStarted() {
    return false;
  }
}
