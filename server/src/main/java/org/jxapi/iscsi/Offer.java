package org.jxapi.iscsi;

import java.util.Optional;

/**
 * A target that a portal offers.
 *
 * @param portal where it listens, which may be another place than the one that was asked
 * @param group the number of its group of portals
 * @param iqn its name
 */
public record Offer(Portal portal, String group, String iqn) {
    /** Reads a line of iscsiadm(8), such as {@code 10.0.0.1:3260,1 iqn.2026-11.org.example:disks}. */
    static Optional<Offer> parse(String line) {
        String[] words = line.strip().split("\\s+");
        int comma = words[0].lastIndexOf(',');
        if (words.length < 2 || comma < 0) {
            return Optional.empty();
        }
        Portal portal = Portal.parse(words[0].substring(0, comma));
        return Optional.of(new Offer(portal, words[0].substring(comma + 1), words[1]));
    }
}
