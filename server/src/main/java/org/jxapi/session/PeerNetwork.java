package org.jxapi.session;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

/** The unit in which peers are counted: a client with one IPv6 address has its whole network. */
public final class PeerNetwork {
    private static final int IPV6_NETWORK_BYTES = 8;

    private PeerNetwork() {}

    /** The network of an IPv6 address; any other peer as it is. */
    public static String of(String peer) {
        if (peer.indexOf(':') < 0) {
            return peer;
        }
        try {
            InetAddress address = InetAddress.getByName(peer);
            return address instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), IPV6_NETWORK_BYTES))
                    : peer;
        } catch (UnknownHostException e) {
            return peer;
        }
    }
}
