package org.jxapi.hypervisor;

/** Ends a subscription when closed; a call that is under way still finishes. */
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
