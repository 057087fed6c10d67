// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.monetize.price.Money;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookSenderTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final WebhookSender.Allow[] LOCAL = WebhookSender.Allow.values();

  private record Got(String method, String uri, Headers headers, String body) {}

  private final TestClock clock = new TestClock();
  private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();
  private volatile int status = 204;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    handle(server);
  }

  private void handle(HttpServer server) {
    server.createContext(
        "/",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          got.add(
              new Got(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().toString(),
                  exchange.getRequestHeaders(),
                  body));
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private WebhookSender sender(String path) {
    return WebhookSender.to(url(path), SECRET, clock, LOCAL);
  }

  private static Notice notice() {
    return new Notice.QuotaReached(
        "ümlaut\"",
        Optional.empty(),
        "calls/month",
        "calls",
        Instant.parse("2026-11-01T00:00:00Z"),
        Instant.parse("2026-12-01T00:00:00Z"),
        1000,
        800,
        80,
        Instant.parse("2026-11-20T19:39:53Z"));
  }

  /** Published with the scheme's reference libraries. */
  @Test
  void signature_isThatOfTheSchemesTestVector() {
    assertThat(
            new WebhookSecret(SECRET)
                .sign(
                    "msg_p5jXN8AQM9LWM0D4loKWxJek",
                    1614265330,
                    "{\"test\": 2432232314}".getBytes(UTF_8)))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void post_carriesWhatTheSchemeAsksFor() throws Exception {
    sender("/hook?tenant=7").on(notice());

    Got request = got.remove();
    assertThat(request.method).isEqualTo("POST");
    assertThat(request.uri).isEqualTo("/hook?tenant=7");
    assertThat(request.headers.getFirst("Content-Type")).isEqualTo("application/json");
    assertThat(request.headers.getFirst("Host"))
        .isEqualTo("127.0.0.1:" + server.getAddress().getPort());
    assertThat(request.headers.getFirst("webhook-id")).isEqualTo(notice().id());
    long second = clock.instant().getEpochSecond();
    assertThat(request.headers.getFirst("webhook-timestamp")).isEqualTo("" + second);
    assertThat(request.headers.get("webhook-signature"))
        .containsExactly(
            new WebhookSecret(SECRET).sign(notice().id(), second, request.body.getBytes(UTF_8)));
    assertThat(request.body)
        .isEqualTo(
            "{\"type\":\"quota.threshold_reached\",\"timestamp\":\"2026-11-20T19:39:53Z\","
                + "\"data\":{\"id\":\""
                + notice().id()
                + "\",\"customer\":\"ümlaut\\\"\",\"quota\":\"calls/month\",\"meter\":\"calls\","
                + "\"start\":\"2026-11-01T00:00:00Z\",\"end\":\"2026-12-01T00:00:00Z\","
                + "\"included\":1000,\"used\":800,\"percent\":80}}");
  }

  @Test
  void otherNotices_haveTheirBodies() throws Exception {
    Instant now = clock.instant();
    sender("")
        .on(
            new Notice.SpendReached(
                "acme", "calls/month", now, now, Money.of("$50"), Money.of("$40.002"), 80, now));
    sender("/").on(new Notice.KeyExpires("acme", "key_1", now, 0, now));

    ObjectMapper json = new ObjectMapper();
    var spend = json.readTree(got.remove().body);
    assertThat(spend.at("/type").asText()).isEqualTo("spend.threshold_reached");
    assertThat(spend.at("/data/quota").asText()).isEqualTo("calls/month");
    assertThat(spend.at("/data/amount").asText()).isEqualTo("40.002000000");
    assertThat(spend.at("/data/currency").asText()).isEqualTo("USD");
    Got key = got.remove();
    assertThat(key.uri).isEqualTo("/");
    assertThat(json.readTree(key.body).at("/type").asText()).isEqualTo("key.expired");
    assertThat(json.readTree(key.body).at("/data/key").asText()).isEqualTo("key_1");
  }

  @Test
  void retry_hasTheSameIdAndBody_andANewTimestamp() throws Exception {
    WebhookSender sender = sender("/");
    status = 500;
    assertThatThrownBy(() -> sender.on(notice()))
        .isInstanceOf(IOException.class)
        .hasMessage(url("") + " answered 500");
    clock.advance(Duration.ofSeconds(5));
    status = 200;
    sender.on(notice());

    Got first = got.remove();
    Got second = got.remove();
    assertThat(second.body).isEqualTo(first.body);
    assertThat(second.headers.getFirst("webhook-id"))
        .isEqualTo(first.headers.getFirst("webhook-id"));
    assertThat(second.headers.getFirst("webhook-timestamp"))
        .isNotEqualTo(first.headers.getFirst("webhook-timestamp"));
  }

  @Test
  void rotation_signsWithBoth_newestFirst() throws Exception {
    WebhookSender sender = sender("/");
    String fresh = WebhookSender.newSecret();
    sender.secrets(List.of(fresh, SECRET));
    sender.on(notice());
    Got request = got.remove();
    long second = clock.instant().getEpochSecond();
    byte[] body = request.body.getBytes(UTF_8);
    assertThat(request.headers.getFirst("webhook-signature"))
        .isEqualTo(
            new WebhookSecret(fresh).sign(notice().id(), second, body)
                + " "
                + new WebhookSecret(SECRET).sign(notice().id(), second, body));
    sender.secrets(List.of(fresh));
    sender.on(notice());
    assertThat(got.remove().headers.getFirst("webhook-signature")).doesNotContain(" ");
  }

  /** Made with Python's hmac, and again with openssl, from the key's bytes and the body's text. */
  @Test
  void post_isSignedAsOtherProgramsSignIt() throws Exception {
    WebhookSender sender = sender("/");
    sender.secrets(List.of("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", SECRET));
    sender.on(notice());

    Headers headers = got.remove().headers;
    assertThat(headers.get("webhook-id")).containsExactly("ntc_cb205567edc36d7e3735bbf25232e6f0");
    assertThat(headers.get("webhook-timestamp")).containsExactly("1795176000");
    assertThat(headers.get("webhook-signature"))
        .containsExactly(
            "v1,KCVeeGye0T5kYiU5+7zr6YmT1ogEr2biOJWah4tLveE="
                + " v1,q5ArXi8+4um6AmK6wV2R9HM77vQ9I6VegaCHND7l1kw=");
  }

  @Test
  void redirects_areFailures_andNotFollowed() {
    for (int code : new int[] {301, 302, 303, 307, 308, 400, 404, 429, 503}) {
      status = code;
      assertThatThrownBy(() -> sender("/").on(notice())).hasMessageContaining("answered " + code);
      assertThat(got.remove().uri).isEqualTo("/");
      assertThat(got).isEmpty();
    }
  }

  @Test
  void gone_disablesUntilEnabled() throws Exception {
    WebhookSender sender = sender("/");
    status = 410;
    assertThatThrownBy(() -> sender.on(notice())).isInstanceOf(ListenerGoneException.class);
    got.remove();
    status = 200;
    assertThatThrownBy(() -> sender.on(notice())).isInstanceOf(ListenerGoneException.class);
    assertThat(sender.disabled()).isTrue();
    assertThat(got).isEmpty();
    sender.enable();
    sender.on(notice());
    assertThat(got).hasSize(1);
  }

  @Test
  void answers_areBounded() throws Exception {
    String flood = "HTTP/1.1 200 " + "x".repeat(20_000);
    assertThatThrownBy(() -> answered(flood)).hasMessageContaining("too long");
    assertThatThrownBy(() -> answered("HTTP/1.1 103 Hints\r\n" + "a: b\r\n".repeat(5_000)))
        .hasMessageContaining("too long");
    assertThatThrownBy(() -> answered("SSH-2.0-OpenSSH\r\n")).hasMessageContaining("no HTTP/1.1");
    assertThatThrownBy(() -> answered("HTTP/1.1 2000 OK\r\n")).hasMessageContaining("no HTTP");
    assertThatThrownBy(() -> answered("")).hasMessageContaining("ends within its head");
    answered("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    answered("HTTP/1.0 202\r\n" + "body".repeat(100_000));
  }

  /** Sends to a server that says just this, to the first who comes. */
  private void answered(String answer) throws Exception {
    try (ServerSocket raw = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> answerOnce(raw, answer));
      thread.start();
      WebhookSender.to("http://127.0.0.1:" + raw.getLocalPort(), SECRET, clock, LOCAL).on(notice());
    }
  }

  private static void answerOnce(ServerSocket raw, String answer) {
    try (Socket socket = raw.accept()) {
      socket.getInputStream().readNBytes(200);
      OutputStream out = socket.getOutputStream();
      out.write(answer.getBytes(UTF_8));
      out.flush();
      socket.shutdownOutput();
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // the sender hung up first, as it may
    }
  }

  @Test
  void answerThatDrips_isCutOffAtTheTotalTime() throws Exception {
    try (ServerSocket raw = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> drip(raw));
      thread.start();
      String url = "http://127.0.0.1:" + raw.getLocalPort();
      WebhookTarget target = WebhookTarget.of(url, true);
      WebhookPost post =
          new WebhookPost(
              target,
              (SSLSocketFactory) SSLSocketFactory.getDefault(),
              Duration.ofSeconds(5),
              Duration.ofMillis(200));
      WebhookSender sender =
          new WebhookSender(target, post, InetAddress::getAllByName, true, clock, SECRET);
      assertThatThrownBy(() -> sender.on(notice()))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("no answer within PT0.2S");
      thread.join();
    }
  }

  private static void drip(ServerSocket raw) {
    try (Socket socket = raw.accept()) {
      socket.setSoTimeout(20);
      InputStream in = socket.getInputStream();
      while (true) {
        socket.getOutputStream().write('H');
        try {
          if (in.read() < 0) {
            return;
          }
        } catch (SocketTimeoutException e) {
          // which is the pause between two drops
        }
      }
    } catch (IOException e) {
      // cut off
    }
  }

  @Test
  void name_isLookedUpOncePerAttempt_andCheckedEachTime() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    List<InetAddress[]> answers = new ArrayList<>();
    answers.add(new InetAddress[] {InetAddress.getByName("93.184.215.14")});
    answers.add(
        new InetAddress[] {
          InetAddress.getByName("93.184.215.14"), InetAddress.getLoopbackAddress()
        });
    WebhookSender sender =
        resolving(
            "https://hooks.example:1/",
            host -> answers.get(Math.min(asked.getAndIncrement(), 1)),
            false);
    assertThat(asked).hasValue(1);
    assertThatThrownBy(() -> sender.on(notice()))
        .hasMessage("hooks.example is at 127.0.0.1, which is no public address");
    assertThat(asked).hasValue(2);
  }

  @Test
  void rebindingName_isConnectedToWhatWasChecked() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    InetAddress here = InetAddress.getByAddress("whatever", new byte[] {127, 0, 0, 1});
    WebhookSender sender =
        resolving(
            "http://hooks.example:" + server.getAddress().getPort() + "/",
            host -> {
              asked.incrementAndGet();
              return new InetAddress[] {here};
            },
            true);
    sender.on(notice());
    assertThat(asked).hasValue(2); // once when made, once when sent; never by the socket
    assertThat(got.remove().headers.getFirst("Host")).startsWith("hooks.example:");
  }

  @Test
  void nameThatCannotBeLookedUp_isRefused() {
    WebhookSender sender =
        resolving(
            "https://hooks.example/",
            host -> {
              throw new java.net.UnknownHostException(host);
            },
            true);
    assertThatThrownBy(() -> sender.on(notice())).isInstanceOf(java.net.UnknownHostException.class);
    WebhookSender empty = resolving("https://hooks.example/", host -> new InetAddress[0], true);
    assertThatThrownBy(() -> empty.on(notice())).isInstanceOf(java.net.UnknownHostException.class);
  }

  private WebhookSender resolving(String url, WebhookTarget.Resolver resolver, boolean anywhere) {
    return resolving(url, resolver, anywhere, (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  private WebhookSender resolving(
      String url, WebhookTarget.Resolver resolver, boolean anywhere, SSLSocketFactory tls) {
    WebhookTarget target = WebhookTarget.of(url, true);
    WebhookPost post = new WebhookPost(target, tls, Duration.ofSeconds(5), Duration.ofSeconds(15));
    return new WebhookSender(target, post, resolver, anywhere, clock, SECRET);
  }

  @Test
  void tls_goesToTheAddress_andTheCertificateMustBeTheNames(@TempDir Path directory)
      throws Exception {
    SSLContext tls = selfSigned(directory);
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(tls));
    handle(secure);
    try {
      int port = secure.getAddress().getPort();
      InetAddress[] here = {InetAddress.getLoopbackAddress()};
      resolving("https://hooks.example:" + port, host -> here, true, tls.getSocketFactory())
          .on(notice());
      assertThat(got.remove().headers.getFirst("Host")).isEqualTo("hooks.example:" + port);

      WebhookSender other =
          resolving("https://other.example:" + port, host -> here, true, tls.getSocketFactory());
      assertThatThrownBy(() -> other.on(notice())).isInstanceOf(SSLHandshakeException.class);
      WebhookSender untrusting = resolving("https://hooks.example:" + port, host -> here, true);
      assertThatThrownBy(() -> untrusting.on(notice())).isInstanceOf(SSLHandshakeException.class);
      assertThat(got).isEmpty();
    } finally {
      secure.stop(0);
    }
  }

  private static SSLContext selfSigned(Path directory) throws Exception {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=dns:hooks.example",
                "-validity",
                "3650",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, "secret".toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, "secret".toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void secrets_areCheckedAndNeverShown() {
    String bad = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La";
    assertThatThrownBy(() -> WebhookSender.to(url("/"), bad, clock, LOCAL))
        .hasMessage("a webhook secret must be \"whsec_\" and 24 to 64 bytes in base 64");
    assertThatThrownBy(() -> new WebhookSecret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WebhookSecret("whsec_****MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        .hasMessageNotContaining("MfKQ");
    assertThatThrownBy(() -> sender("/").secrets(List.of()))
        .hasMessage("there must be 1 to 4 secrets, got 0");
    assertThat(sender("/private?token=1").toString()).isEqualTo("WebhookSender[" + url("") + "]");
    assertThat(WebhookSender.newSecret()).hasSize(50).isNotEqualTo(WebhookSender.newSecret());
  }
}
