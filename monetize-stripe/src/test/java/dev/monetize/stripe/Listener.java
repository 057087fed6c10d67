// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Where events are brought to over HTTP, by path; servlets may stand there. */
final class Listener implements AutoCloseable {

  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final Map<String, StripeWebhookServlet> servlets = new ConcurrentHashMap<>();
  private final HttpServer server;

  Listener() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    bodies.add(new String(body, StandardCharsets.UTF_8));
    StripeWebhookServlet servlet = servlets.get(exchange.getRequestURI().getPath());
    List<String> signatures =
        exchange.getRequestHeaders().getOrDefault("Stripe-signature", List.of());
    int status = servlet == null ? 200 : Posted.to(servlet, body, signatures).status();
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  /** Has a servlet stand at a path. */
  void serve(String path, StripeWebhookServlet servlet) {
    servlets.put(path, servlet);
  }

  String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  List<String> bodies() {
    return List.copyOf(bodies);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
