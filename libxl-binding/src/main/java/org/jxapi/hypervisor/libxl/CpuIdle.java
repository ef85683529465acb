package org.jxapi.hypervisor.libxl;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The idle times of the physical CPUs, through libxenctrl, which is opened at the first use. */
final class CpuIdle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CpuIdle.class);

    /** More CPUs than Xen supports. */
    private static final int MOST = 8192;

    private final Libraries libraries;
    private boolean opened;
    private @Nullable LibXenctrl xenctrl;
    private @Nullable Pointer handle;

    CpuIdle(Libraries libraries) {
        this.libraries = libraries;
    }

    /** Nanoseconds by CPU number; empty when Xen does not say. */
    synchronized List<Long> nanos() {
        open();
        if (xenctrl == null || handle == null) {
            return List.of();
        }
        Pointer info = libraries.allocate(MOST * Long.BYTES);
        Pointer count = libraries.allocate(Integer.BYTES);
        try {
            if (xenctrl.xc_getcpuinfo(handle, MOST, info, count) != 0) {
                return List.of();
            }
            List<Long> all = new ArrayList<>();
            for (int cpu = 0; cpu < Math.min(MOST, count.getInt(0)); cpu++) {
                all.add(info.getLong((long) cpu * Long.BYTES));
            }
            return all;
        } finally {
            libraries.libc().free(info);
            libraries.libc().free(count);
        }
    }

    private void open() {
        if (opened) {
            return;
        }
        opened = true;
        try {
            LibXenctrl library = libraries.xenctrl();
            handle = library.xc_interface_open(null, null, 0);
            xenctrl = library;
        } catch (HypervisorException | LinkageError e) {
            LOG.warn("CPU usage: libxenctrl cannot be used, so the host's CPUs are not measured: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        if (xenctrl != null && handle != null) {
            xenctrl.xc_interface_close(handle);
        }
        handle = null;
    }
}
