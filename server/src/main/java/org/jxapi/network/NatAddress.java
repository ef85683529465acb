package org.jxapi.network;

import java.util.Optional;

/**
 * The host's IPv4 address on a NAT network, with the length of the network's prefix: {@code 10.0.3.1/24}.
 *
 * @param address the address as a number
 * @param prefix 8 to 30: smaller networks have no room for guests
 */
public record NatAddress(long address, int prefix) {
    private static final int SHORTEST = 8;
    private static final int LONGEST = 30;

    /** A range of addresses, with both ends. */
    record Range(long first, long last) {
        long count() {
            return last - first + 1;
        }
    }

    /** Empty if the text is none, or if the address is the first or last of its network, which no host can have. */
    public static Optional<NatAddress> parse(String text) {
        if (!IpAddresses.cidr4(text)) {
            return Optional.empty();
        }
        int slash = text.indexOf('/');
        NatAddress nat = new NatAddress(number(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
        boolean possible = nat.prefix >= SHORTEST && nat.prefix <= LONGEST && nat.address >>> 24 != 127;
        return possible && nat.address > nat.first() && nat.address < nat.last() ? Optional.of(nat) : Optional.empty();
    }

    private static long number(String address) {
        long number = 0;
        for (String part : address.split("\\.")) {
            number = number << 8 | Integer.parseInt(part);
        }
        return number;
    }

    static String text(long address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    private long size() {
        return 1L << 32 - prefix;
    }

    private long first() {
        return address & -size();
    }

    private long last() {
        return first() + size() - 1;
    }

    /** The host's address alone. */
    String host() {
        return text(address);
    }

    /** The network, as {@code 10.0.3.0/24}. */
    String network() {
        return text(first()) + "/" + prefix;
    }

    String netmask() {
        return text((1L << 32) - size());
    }

    /** The addresses for guests: the larger of the two parts next to the host's address. */
    Range guests() {
        Range below = new Range(first() + 1, address - 1);
        Range above = new Range(address + 1, last() - 1);
        return above.count() >= below.count() ? above : below;
    }

    boolean overlaps(NatAddress other) {
        return first() <= other.last() && other.first() <= last();
    }

    /** As it is written. */
    @Override
    public String toString() {
        return host() + "/" + prefix;
    }
}
