package org.jxapi.vm;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.local.VmDomain;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the memory of a domain into a pipe, on a thread of its own. The domain is suspended at the end, and its QEMU has handed
 * over its images.
 */
final class MemorySender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemorySender.class);

    private final VmDomain domain;
    private final MemoryPipe pipe;
    private final Thread thread;
    private volatile @Nullable RuntimeException failure;

    MemorySender(VmDomain domain, MemoryPipe pipe) {
        this.domain = domain;
        this.pipe = pipe;
        thread = new Thread(this::send, "sends domain " + domain.domid());
        thread.setDaemon(true);
        thread.start();
    }

    private void send() {
        try {
            domain.hypervisor().domains().send(domain.domid(), pipe.out(), true);
            domain.hypervisor().diskImages().handOver(domain.domid());
            pipe.end();
        } catch (RuntimeException e) {
            if (pipe.isClosed()) {
                LOG.debug("Migration: the memory of domain {} is not wanted any more", domain.domid(), e);
            } else {
                failure = e;
            }
            pipe.close();
        } catch (IOException e) {
            LOG.debug("Migration: the end of the memory is not wanted any more", e);
        }
    }

    /** Waits until the domain sends no more; what it failed with by itself, if it did. */
    Optional<RuntimeException> outcome() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
                close();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(failure);
    }

    /** Asks the domain to stop sending. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
