package org.jxapi.hypervisor.libxl;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Memory;

/** Memory of domains and of the host through libxl. */
final class LibxlMemory implements Memory {
    private static final int NO_DOMAIN = -1;
    private static final int LOOK_AGAIN_MILLIS = 200;

    private final LibxlContexts contexts;

    LibxlMemory(LibxlContexts contexts) {
        this.contexts = contexts;
    }

    @Override
    public long target(int domid) {
        return contexts.call(context -> {
            Pointer kib = context.out();
            DomainCalls.check(
                    context,
                    domid,
                    "has no memory target",
                    context.libxl().libxl_get_memory_target(context.pointer(), domid, kib));
            return kib.getLong(0);
        });
    }

    @Override
    public void setTarget(int domid, long targetMemkb, boolean relative, boolean enforce) {
        contexts.longCall(context -> DomainCalls.check(
                context,
                domid,
                "cannot have a memory target of " + targetMemkb + " KiB",
                context.libxl()
                        .libxl_set_memory_target(
                                context.pointer(), domid, targetMemkb, relative ? 1 : 0, enforce ? 1 : 0)));
    }

    @Override
    public void setMax(int domid, long maxMemkb) {
        contexts.longCall(context -> DomainCalls.check(
                context,
                domid,
                "cannot have at most " + maxMemkb + " KiB",
                context.libxl().libxl_domain_setmaxmem(context.pointer(), domid, maxMemkb)));
    }

    @Override
    public long needed(DomainConfig config) {
        return contexts.call(context -> DomainCalls.withConfig(context, config, struct -> {
            Pointer kib = context.out();
            context.check(
                    context.libxl().libxl_domain_need_memory(context.pointer(), struct.pointer(), NO_DOMAIN, kib),
                    "the memory that a domain needs is not known");
            return kib.getLong(0);
        }));
    }

    @Override
    public long free() {
        return contexts.call(context -> {
            Pointer kib = context.out();
            context.check(
                    context.libxl().libxl_get_free_memory(context.pointer(), kib), "the free memory is not known");
            return kib.getLong(0);
        });
    }

    // libxl's own waits sleep in native code, where nobody can interrupt them

    @Override
    public boolean waitForFree(long memkb, int seconds) {
        return await(seconds, () -> free() >= memkb);
    }

    @Override
    public boolean waitForTarget(int domid, int seconds) {
        return await(seconds, () -> {
            DomainInfo info = contexts.call(context -> DomainCalls.info(context, domid));
            return info.currentMemkb() + info.outstandingMemkb() <= target(domid);
        });
    }

    private static boolean await(int seconds, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                throw new HypervisorException(LibxlError.ABORTED, "interrupted while waiting for memory");
            }
        }
        return true;
    }
}
