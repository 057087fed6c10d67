// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.net.Webhook;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a servlet answered to a POST.
 *
 * @param status 0 if it set none
 */
record Posted(int status, String text) {

  /** A header as Stripe's own SDK makes it. */
  static String signed(String body, String secret, Instant at) {
    try {
      return Webhook.Signature.generateSignatureHeader(body, secret, at.getEpochSecond());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Posted to(HttpServlet servlet, byte[] body, List<String> signatures) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    AtomicInteger status = new AtomicInteger();
    try {
      servlet.service(request(body, signatures), response(status, answer));
    } catch (ServletException | IOException e) {
      throw new IllegalStateException(e);
    }
    return new Posted(status.get(), answer.toString(StandardCharsets.UTF_8));
  }

  private static HttpServletRequest request(byte[] body, List<String> signatures) {
    ServletInputStream input = new Input(body);
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            Posted.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getMethod" -> "POST";
                  case "getInputStream" -> input;
                  case "getHeaders" -> Collections.enumeration(signatures);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static HttpServletResponse response(AtomicInteger status, ByteArrayOutputStream answer) {
    ServletOutputStream output = new Output(answer);
    return (HttpServletResponse)
        Proxy.newProxyInstance(
            Posted.class.getClassLoader(),
            new Class<?>[] {HttpServletResponse.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "setStatus" -> {
                    status.set((Integer) arguments[0]);
                    yield null;
                  }
                  case "setContentType" -> null;
                  case "getOutputStream" -> output;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static final class Input extends ServletInputStream {
    private final ByteArrayInputStream bytes;

    Input(byte[] body) {
      bytes = new ByteArrayInputStream(body);
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] to, int from, int most) {
      return bytes.read(to, from, most);
    }

    @Override
    public boolean isFinished() {
      return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Output extends ServletOutputStream {
    private final ByteArrayOutputStream bytes;

    Output(ByteArrayOutputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public void write(int one) {
      bytes.write(one);
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException();
    }
  }
}
