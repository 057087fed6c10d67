// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The network address of a client: the connection's, or what trusted proxies say of it. Of a chain
 * of forwarders only the part that trusted proxies wrote is believed, read from the right.
 */
final class ClientAddress {

  private static final int MOST_HOPS = 32;

  private final List<Network> trusted;

  private static final class Network {

    private final byte[] address;
    private final int bits;

    Network(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits / 8;
      if (!Arrays.equals(address, 0, whole, other, 0, whole)) {
        return false;
      }
      int mask = 0xFF00 >> (bits % 8) & 0xFF;
      return bits % 8 == 0 || (address[whole] & mask) == (other[whole] & mask);
    }
  }

  private ClientAddress(List<Network> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  static ClientAddress ofConnection() {
    return new ClientAddress(List.of());
  }

  static ClientAddress behind(String... networks) {
    List<Network> trusted = new ArrayList<>();
    for (String network : networks) {
      trusted.add(network(network));
    }
    return new ClientAddress(trusted);
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    byte[] address = parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw new IllegalArgumentException(
          "expected an address or a network such as 10.0.0.0/8, got \"" + text + "\"");
    }
    int most = 8 * address.length;
    int bits = slash < 0 ? most : bits(text, slash + 1);
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException(
          "expected 0 to " + most + " bits behind the slash, got \"" + text + "\"");
    }
    return new Network(address, bits);
  }

  private static int bits(String text, int from) {
    try {
      return Integer.parseInt(text.substring(from));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  String of(HttpServletRequest request) {
    String connection = request.getRemoteAddr();
    if (connection == null) {
      return "";
    }
    return trusted.isEmpty() || !isTrusted(connection)
        ? connection
        : forwarded(lines(request.getHeaders("X-Forwarded-For")), connection);
  }

  /** All lines of a header as one, in their order: a proxy may append a line of its own. */
  private static String lines(@Nullable Enumeration<String> lines) {
    return lines == null ? "" : String.join(",", Collections.list(lines));
  }

  private String forwarded(String header, String connection) {
    String nearest = connection;
    int end = header.length();
    for (int hop = 0; hop < MOST_HOPS && end >= 0; hop++) {
      int comma = header.lastIndexOf(',', end - 1);
      String address = header.substring(comma + 1, end).strip();
      if (parse(address) == null) {
        return nearest;
      }
      nearest = address;
      if (!isTrusted(address)) {
        return nearest;
      }
      end = comma;
    }
    return nearest;
  }

  private boolean isTrusted(String text) {
    byte[] address = parse(text);
    return address != null && trusted.stream().anyMatch(network -> network.contains(address));
  }

  /** The bytes of a literal address, or null for anything that would have to be looked up. */
  private static byte @Nullable [] parse(String text) {
    return text.indexOf(':') >= 0 ? six(text) : four(text);
  }

  private static byte @Nullable [] four(String text) {
    String[] octets = text.split("\\.", -1);
    if (octets.length != 4) {
      return null;
    }
    byte[] address = new byte[4];
    for (int i = 0; i < address.length; i++) {
      int octet = octet(octets[i]);
      if (octet < 0) {
        return null;
      }
      address[i] = (byte) octet;
    }
    return address;
  }

  /** A number from 0 to 255, or -1. */
  private static int octet(String text) {
    if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int octet = Integer.parseInt(text);
    return octet <= 255 ? octet : -1;
  }

  /** Text with a colon is never looked up, unless a character that no address has comes first. */
  private static byte @Nullable [] six(String text) {
    if (text.startsWith(".")
        || !text.chars().allMatch(c -> c == ':' || c == '.' || HexFormat.isHexDigit(c))) {
      return null;
    }
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
