package org.jxapi.hypervisor.libxl;

import java.util.Optional;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.ConsoleType;
import org.jxapi.hypervisor.Consoles;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.VncAddress;
import org.jxapi.hypervisor.Xenstore;

/** Consoles of domains through libxl; a VNC server's place through xenstore, where its device model writes it. */
final class LibxlConsoles implements Consoles {
    private final LibxlContexts contexts;
    private final Xenstore xenstore;

    LibxlConsoles(LibxlContexts contexts, Xenstore xenstore) {
        this.contexts = contexts;
        this.xenstore = xenstore;
    }

    @Override
    public String tty(int domid, int number, ConsoleType type) {
        return contexts.call(context -> {
            Pointer path = context.out();
            return taken(
                    context,
                    domid,
                    path,
                    context.libxl().libxl_console_get_tty(context.pointer(), domid, number, type.value(), path));
        });
    }

    @Override
    public String primaryTty(int domid) {
        return contexts.call(context -> {
            // Of a domain that is gone libxl would log an error.
            DomainCalls.check(
                    context, domid, "is not known", context.libxl().libxl_domain_info(context.pointer(), null, domid));
            Pointer path = context.out();
            return taken(
                    context,
                    domid,
                    path,
                    context.libxl().libxl_primary_console_get_tty(context.pointer(), domid, path));
        });
    }

    private static String taken(LibxlContext context, int domid, Pointer path, int rc) {
        DomainCalls.check(context, domid, "has no such console", rc);
        return context.libraries()
                .takeString(path.getPointer(0))
                .filter(tty -> !tty.isEmpty())
                .orElseThrow(() -> new HypervisorException(
                        LibxlError.NOT_READY, "the console of domain " + domid + " has no terminal yet"));
    }

    @Override
    public Optional<VncAddress> vnc(int domid) {
        contexts.call(context -> {
            DomainCalls.require(context, domid);
            return null;
        });
        String console = Xenstore.domainPath(domid) + "/console";
        return xenstore.read(console + "/vnc-port").map(port -> {
            String host = xenstore.read(console + "/vnc-listen").orElse("");
            return new VncAddress(host.isEmpty() ? "127.0.0.1" : host, Integer.parseInt(port.trim()));
        });
    }
}
