// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A URL that may be sent to, taken apart.
 *
 * @param host a name, or an address without brackets
 * @param path path and query, as they go into the request line
 */
record WebhookTarget(boolean secure, String host, int port, String path) {

  private static final Pattern NAME =
      Pattern.compile(
          "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern BYTE = Pattern.compile("0|[1-9][0-9]{0,2}");
  private static final Pattern NUMBER_LAST = Pattern.compile("(?:.*\\.)?[0-9][^.]*");
  private static final Pattern V6 = Pattern.compile("[0-9a-f:.]{2,45}");
  private static final Pattern UNSHOWN = Pattern.compile("(?s)//.*@|[?#].*|[^ -~]");
  private static final int LONGEST = 2_000;

  /** Finds a name's addresses. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /**
   * Reads a URL; strictly, so that no two readers can read it differently.
   *
   * @throws IllegalArgumentException if it is none that may be sent to
   */
  static WebhookTarget of(String url, boolean allowHttp) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw refused("is no URL", url);
    }
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    if (!secure && !(allowHttp && "http".equalsIgnoreCase(uri.getScheme()))) {
      throw refused("must begin with https://", url);
    }
    if (url.length() > LONGEST || !url.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw refused("must be at most " + LONGEST + " ASCII characters", url);
    }
    if (uri.getRawUserInfo() != null || uri.getRawFragment() != null || uri.getHost() == null) {
      throw refused("must have a host, and neither user nor fragment", url);
    }
    int port = uri.getPort() < 0 ? (secure ? 443 : 80) : uri.getPort();
    if (port == 0 || port > 65535) {
      throw refused("must have a port from 1 to 65535", url);
    }
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return new WebhookTarget(secure, host(uri.getHost(), url), port, path + query);
  }

  private static String host(String given, String url) {
    String host = given.toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      String inner = host.substring(1, host.length() - 1);
      if (V6.matcher(inner).matches()) {
        return inner;
      }
    } else if (NUMBER_LAST.matcher(host).matches()) {
      if (dotted(host)) { // 127.1, 0x7f.1, 0177.0.0.1 and 2130706433 are addresses to some readers
        return host;
      }
    } else if (host.length() <= 253 && NAME.matcher(host).matches()) {
      return host;
    }
    throw refused("must have a plain name or address for a host", url);
  }

  private static boolean dotted(String host) {
    String[] parts = host.split("\\.", -1);
    boolean plain = parts.length == 4;
    for (String part : parts) {
      plain = plain && BYTE.matcher(part).matches() && Integer.parseInt(part) < 256;
    }
    return plain;
  }

  boolean isName() {
    return host.indexOf(':') < 0 && !dotted(host);
  }

  /**
   * The host's addresses, all checked. Connect to these, and do not ask again: the next answer may
   * be another.
   *
   * @throws UnknownHostException if there are none, or one of them may not be reached
   */
  InetAddress[] addresses(Resolver resolver, boolean allowPrivate) throws UnknownHostException {
    InetAddress[] addresses =
        isName() ? resolver.addresses(host) : new InetAddress[] {InetAddress.getByName(host)};
    if (addresses.length == 0) {
      throw new UnknownHostException(host);
    }
    for (InetAddress address : addresses) {
      if (!allowPrivate && !PublicAddress.is(address)) {
        throw new PrivateAddressException(host, address);
      }
    }
    return addresses;
  }

  /** A host that is not of the public Internet. */
  static final class PrivateAddressException extends UnknownHostException {
    PrivateAddressException(String host, InetAddress address) {
      super("%s is at %s, which is no public address".formatted(host, address.getHostAddress()));
    }
  }

  /** As the Host header has it. */
  String authority() {
    String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return port == (secure ? 443 : 80) ? name : name + ":" + port;
  }

  private static IllegalArgumentException refused(String why, String url) {
    String shown = UNSHOWN.matcher(url.substring(0, Math.min(url.length(), 200))).replaceAll("…");
    return new IllegalArgumentException("webhook URL " + why + ", got \"" + shown + "\"");
  }
}
