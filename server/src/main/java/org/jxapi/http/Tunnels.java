package org.jxapi.http;

import org.jspecify.annotations.Nullable;

/**
 * Connections that members pass on to their coordinator.
 *
 * @param upstream where this host passes its clients on to; null for a host that answers all
 * @param gate knows whose connections this host takes
 */
public record Tunnels(@Nullable Upstream upstream, Gate gate) {
    /** Of a host that neither passes clients on nor takes any. */
    public static final Tunnels NONE = new Tunnels(null, member -> false);

    /** Knows the members of this host's pool. */
    public interface Gate {
        /** Whether that is a member. */
        boolean admits(Upstream.Member member);
    }
}
