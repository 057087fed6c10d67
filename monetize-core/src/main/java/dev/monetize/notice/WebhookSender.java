// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends notices to a URL, signed after <a href="https://www.standardwebhooks.com">Standard
 * Webhooks</a> 1.0.0: the headers {@code webhook-id} (the notice's id), {@code webhook-timestamp}
 * (of the attempt) and {@code webhook-signature}, and a body such as
 *
 * <pre>{@code
 * {"type":"quota.threshold_reached","timestamp":"2026-11-20T19:39:53Z","data":{"id":"ntc_…",
 *  "customer":"acme","quota":"calls/month","meter":"calls","start":"2026-11-01T00:00:00Z",
 *  "end":"2026-12-01T00:00:00Z","included":1000,"used":800,"percent":80}}
 * }</pre>
 *
 * <p>Each status of 2xx means that it has arrived. 410 means that the receiver wants no more: the
 * sender ends, until {@link #enable}. Anything else, redirects too, is a failure.
 *
 * <p><b>Whom it cannot reach.</b> The URL may come from a customer. It must be {@code https}, have
 * no user in it, and a host that is a plain name or address. At each attempt the name is looked up
 * once, every address found must be one of the public Internet, and the connection goes to one of
 * those addresses, through no proxy; the certificate must be the name's. A name that cannot be
 * looked up is refused. Connecting may take 5 s, all of an attempt 15 s, and the look-up what the
 * system takes. What it cannot know is which public addresses are your own.
 *
 * <p>One sender for each URL, with a secret of its own. Thread-safe.
 */
public final class WebhookSender implements NoticeListener {

  private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);

  private static final int MOST_SECRETS = 4;
  private static final int GONE = 410;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration TOTAL = Duration.ofSeconds(15);

  /** What a sender does not do unless it is allowed to. */
  public enum Allow {
    /** URLs that begin with {@code http://}: everyone on the way can read the notice. */
    HTTP,
    /** All addresses, those of this machine too. Only for URLs that no customer can choose. */
    PRIVATE_ADDRESSES
  }

  private final String url;
  private final WebhookTarget target;
  private final WebhookPost post;
  private final WebhookTarget.Resolver resolver;
  private final boolean anywhere;
  private final InstantSource clock;
  private volatile List<WebhookSecret> secrets;
  private volatile boolean disabled;

  WebhookSender(
      WebhookTarget target,
      WebhookPost post,
      WebhookTarget.Resolver resolver,
      boolean anywhere,
      InstantSource clock,
      String secret) {
    this.url = (target.secure() ? "https://" : "http://") + target.authority();
    this.target = target;
    this.post = post;
    this.resolver = resolver;
    this.anywhere = anywhere;
    this.clock = clock;
    this.secrets = List.of(new WebhookSecret(secret));
    try {
      target.addresses(resolver, anywhere);
    } catch (UnknownHostException e) {
      if (e instanceof WebhookTarget.PrivateAddressException || !target.isName()) {
        throw new IllegalArgumentException("webhook URL is refused: " + e.getMessage(), e);
      }
      log.warn("{} cannot be looked up now; it is tried again with each notice", url, e);
    }
  }

  /**
   * A sender that trusts the certificates that the platform trusts. Looks the host up; one that
   * cannot be looked up now is refused at each attempt instead.
   *
   * @param secret {@code whsec_} and 24 to 64 random bytes in base 64, as from {@link #newSecret}
   * @param clock tells the time of an attempt, as {@code InstantSource.system()} does
   * @throws IllegalArgumentException if the URL or the secret is no good, or the host private
   */
  public static WebhookSender to(String url, String secret, InstantSource clock, Allow... allowed) {
    SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
    return to(url, secret, clock, tls, allowed);
  }

  /** A sender that trusts what its TLS trusts, such as an authority of your own. */
  public static WebhookSender to(
      String url, String secret, InstantSource clock, SSLSocketFactory tls, Allow... allowed) {
    List<Allow> all = List.of(allowed);
    WebhookTarget target = WebhookTarget.of(url, all.contains(Allow.HTTP));
    return new WebhookSender(
        target,
        new WebhookPost(target, tls, CONNECT, TOTAL),
        InetAddress::getAllByName,
        all.contains(Allow.PRIVATE_ADDRESSES),
        clock,
        secret);
  }

  /** A new secret of 32 random bytes, to be shown to the receiver once. */
  public static String newSecret() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return WebhookSecret.PREFIX + Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * Signs with these from now on, with each of them: with the new one and the old one while the
   * receiver changes, then with the new one.
   *
   * @param secrets 1 to 4
   * @throws IllegalArgumentException if there are none, too many, or one is no good
   */
  public void secrets(List<String> secrets) {
    if (secrets.isEmpty() || secrets.size() > MOST_SECRETS) {
      throw new IllegalArgumentException(
          "there must be 1 to " + MOST_SECRETS + " secrets, got " + secrets.size());
    }
    this.secrets = secrets.stream().map(WebhookSecret::new).toList();
  }

  /** Whether the receiver answered 410, and nothing is sent. */
  public boolean disabled() {
    return disabled;
  }

  /** Sends again, after a 410. What was parked meanwhile: {@link Notices#retry}. */
  public void enable() {
    disabled = false;
  }

  /**
   * Sends a notice.
   *
   * @throws ListenerGoneException if the receiver wants no more
   * @throws IOException if it did not arrive, or the host may not be reached
   */
  @Override
  public void on(Notice notice) throws IOException {
    if (disabled) {
      throw new ListenerGoneException(url + " answered 410 Gone");
    }
    byte[] body = NoticeJson.of(notice);
    InetAddress[] addresses = target.addresses(resolver, anywhere);
    int status = post.send(addresses, headers(notice.id(), body), body);
    if (status == GONE) {
      disabled = true;
      throw new ListenerGoneException(url + " answered 410 Gone");
    }
    if (status < 200 || status > 299) {
      throw new IOException(url + " answered " + status);
    }
  }

  private String headers(String id, byte[] body) {
    long second = clock.instant().getEpochSecond();
    String signatures =
        secrets.stream()
            .map(secret -> secret.sign(id, second, body))
            .collect(Collectors.joining(" "));
    return """
        Content-Type: application/json\r
        User-Agent: Monetize\r
        webhook-id: %s\r
        webhook-timestamp: %d\r
        webhook-signature: %s\r
        """
        .formatted(id, second, signatures);
  }

  /** The receiver, without its path, which may be a secret. */
  @Override
  public String toString() {
    return "WebhookSender[" + url + "]";
  }
}
