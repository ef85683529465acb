package org.jxapi.dispatch;

import org.jxapi.datamodel.Ref;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;

/**
 * Work that the daemon does by itself. It has all rights, no session and no task, and it cannot be cancelled.
 *
 * @param method the name of the work: the message that would do the same
 */
public record InternalCall(String method, Store store) implements Call {
    @Override
    public Ref<Session> session() {
        return Ref.nil();
    }

    @Override
    public Ref<Task> task() {
        return Ref.nil();
    }

    @Override
    public Origin origin() {
        return Origin.INTERNAL;
    }

    @Override
    public void progress(double fraction) {}

    @Override
    public boolean cancelled() {
        return false;
    }

    @Override
    public void throwIfCancelled() {}

    @Override
    public boolean abandoned() {
        return false;
    }

    @Override
    public Cancellable cancellable() {
        return () -> {};
    }

    @Override
    public void end(Transaction last) {}

    @Override
    public Call part() {
        return this;
    }

    @Override
    public boolean permits(String permission) {
        return true;
    }
}
