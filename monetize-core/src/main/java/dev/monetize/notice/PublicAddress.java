// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/** Tells addresses of the public Internet from all others, by IANA's special-purpose registries. */
final class PublicAddress {

  /** First address and prefix length of what is not public, 168.63.129.16 of Azure among it. */
  private static final int[][] NOT_PUBLIC = {
    {0, 0, 0, 0, 8},
    {10, 0, 0, 0, 8},
    {100, 64, 0, 0, 10},
    {127, 0, 0, 0, 8},
    {168, 63, 129, 16, 32},
    {169, 254, 0, 0, 16},
    {172, 16, 0, 0, 12},
    {192, 0, 0, 0, 24},
    {192, 0, 2, 0, 24},
    {192, 88, 99, 0, 24},
    {192, 168, 0, 0, 16},
    {198, 18, 0, 0, 15},
    {198, 51, 100, 0, 24},
    {203, 0, 113, 0, 24},
    {224, 0, 0, 0, 3}, // multicast, reserved, broadcast
  };

  private PublicAddress() {}

  static boolean is(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address ? v4(bytes, 0) : v6(bytes);
  }

  private static boolean v4(byte[] bytes, int from) {
    int bits = word(bytes, from);
    for (int[] range : NOT_PUBLIC) {
      int start = range[0] << 24 | range[1] << 16 | range[2] << 8 | range[3];
      if ((bits ^ start) >>> (32 - range[4]) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Of global unicast, 2000::/3, all but protocols (Teredo), documentation and 6to4. */
  private static boolean v6(byte[] bytes) {
    int high = word(bytes, 0);
    if (high == 0x0064ff9b && Arrays.equals(bytes, 4, 12, new byte[8], 0, 8)) {
      return v4(bytes, 12); // NAT64, all that a network without IPv4 may have
    }
    return high >>> 29 == 1
        && high >>> 9 != 0x20010000 >>> 9
        && high != 0x20010db8
        && high >>> 16 != 0x2002
        && high >>> 12 != 0x3fff0;
  }

  private static int word(byte[] bytes, int from) {
    return (bytes[from] & 0xff) << 24
        | (bytes[from + 1] & 0xff) << 16
        | (bytes[from + 2] & 0xff) << 8
        | (bytes[from + 3] & 0xff);
  }
}
