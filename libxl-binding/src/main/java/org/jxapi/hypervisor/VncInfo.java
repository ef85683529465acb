package org.jxapi.hypervisor;

/**
 * A VNC server of a domain, {@code libxl_vnc_info}.
 *
 * @param enable whether there is one
 * @param listen address to listen on
 * @param passwd password, or null for none
 * @param display port minus 5900
 * @param findunused whether to look for a free port
 */
public record VncInfo(Boolean enable, String listen, String passwd, Integer display, Boolean findunused) {
    /** A VNC server on the first free port of an address. */
    public static VncInfo on(String listen) {
        return new VncInfo(true, listen, null, null, true);
    }
}
