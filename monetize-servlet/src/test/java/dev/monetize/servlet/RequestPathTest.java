// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {

  @ParameterizedTest
  @CsvSource({
    "/v1/x, /v1/x",
    "/v1/x/, /v1/x/",
    "/v1/%78, /v1/x",
    "/v1;a=b/x;c, /v1/x",
    "/v1/caf%C3%A9, /v1/caf\u00e9",
    "/v1/a%20b, /v1/a b",
    "/, /",
  })
  void path_isTakenWhereTheRawLineSaysTheSame(String raw, String decoded) {
    String path = RequestPath.of(request(raw, "", decoded, null));

    assertThat(path).isEqualTo(decoded.equals("/") ? "/" : decoded.replaceAll("/$", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "/free/..;/v1/x, /v1/x",
    "/free, /v1/x",
    "/v1/%2578, /v1/x",
    "/v1%2Fx, /v1/x",
    "/v1%2fx, /v1%2fx",
    "/v1/%zz, /v1/x",
    "/v1/x%, /v1/x",
    "/v1/%C3, /v1/\ufffd",
    "/a/../v1/x, /v1/x",
  })
  void path_isRefusedWhereTheRawLineSaysAnother(String raw, String decoded) {
    assertThat(RequestPath.of(request(raw, "", decoded, null))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1",
        "//v1",
        "/v1//x",
        "/v1/./x",
        "/v1/../x",
        "/v1/.",
        "/v1/..",
        "/v1\\x",
        "/v1;x",
        "/v1/%41",
        "/v1/\u0000",
        "/v1/\r\nx",
        "/v1/\u007f",
        "/v1/\u0085",
        "/v1/\u2028",
        "/v1\uff0fx",
        "/v1/\ufffd"
      })
  void path_isRefusedWhereItIsNotNormal(String path) {
    assertThat(RequestPath.of(request(path, "", path, null))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/...", "/v1/.x", "/v1/x.", "/v1/..x", "/v1/~a:b@c!$&'()*+,="})
  void oddNames_areFine(String path) {
    assertThat(RequestPath.of(request(path, "", path, null))).isEqualTo(path);
  }

  @Test
  void path_isThatBelowTheContext() {
    assertThat(RequestPath.of(request("/shop/v1/x", "/shop", "/v1", "/x"))).isEqualTo("/v1/x");
    assertThat(RequestPath.of(request("/sh%6Fp/v1/%78", "/shop", "/v1", "/x"))).isEqualTo("/v1/x");
    assertThat(RequestPath.of(request("/other/v1/x", "/shop", "/v1", "/x"))).isNull();
  }

  private static HttpServletRequest request(
      String raw, String context, String servletPath, String pathInfo) {
    HttpServletRequest request = mock();
    when(request.getRequestURI()).thenReturn(raw);
    when(request.getContextPath()).thenReturn(context);
    when(request.getServletPath()).thenReturn(servletPath);
    when(request.getPathInfo()).thenReturn(pathInfo);
    return request;
  }
}
