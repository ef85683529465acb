package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A VNC server of a domain, {@code libxl_vnc_info}.
 *
 * @param enable whether there is one
 * @param listen address to listen on
 * @param passwd password, or null for none
 * @param display port minus 5900
 * @param findunused whether to look for a free port
 */
public record VncInfo(
        @Nullable Boolean enable,
        @Nullable String listen,
        @Nullable String passwd,
        @Nullable Integer display,
        @Nullable Boolean findunused) {
    /** A VNC server on the first free port of an address. */
    public static VncInfo on(String listen) {
        return new VncInfo(true, listen, null, null, true);
    }
}
