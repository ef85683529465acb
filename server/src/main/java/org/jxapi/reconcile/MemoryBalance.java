package org.jxapi.reconcile;

import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.memory.MemoryReclaim;

/**
 * Keeps the host's memory shared among its guests: what one gave for another comes back to it when there is room again.
 * The control domain gives nothing for that, and takes nothing.
 */
public final class MemoryBalance {
    /** squeezed's pace. */
    private static final long EVERY_MS = 10_000;
    /** Guests that balloon are looked at again after this. */
    private static final long AGAIN_MS = 1000;
    /** A domain that ends gives its memory back within about this. */
    private static final long SOON_MS = 200;

    private final Hypervisor hypervisor;
    private final MemoryReclaim reclaim;
    private final HostEventThread follower = new HostEventThread("memory-balance", "Memory balance: failed");
    private final Runnable again = follower.once(this::look, AGAIN_MS);
    private final Runnable soon = follower.once(this::look, SOON_MS);
    private @Nullable Subscription ends;

    public MemoryBalance(Hypervisor hypervisor, MemoryReclaim reclaim) {
        this.hypervisor = hypervisor;
        this.reclaim = reclaim;
    }

    public void start() {
        reclaim.whenBuilt(soon);
        ends = hypervisor.xenstore().watch(Xenstore.RELEASE_DOMAIN, path -> soon.run());
        follower.repeat(this::look, EVERY_MS);
    }

    /** Something has changed that others may have more for, or must have less. */
    public void changed() {
        soon.run();
    }

    private void look() {
        if (reclaim.balance()) {
            again.run();
        }
    }

    public void stop() {
        if (ends != null) {
            ends.close();
        }
        follower.stop();
    }
}
