package org.jxapi.store;

/** The newest state that everyone may see. Transactions are published one at a time, in the order of their numbers. */
final class Published {
    private final MemoryChangeLog changes;
    private volatile HashedState now;

    Published(HashedState start, MemoryChangeLog changes) {
        this.now = start;
        this.changes = changes;
    }

    HashedState now() {
        return now;
    }

    MemoryChangeLog changes() {
        return changes;
    }

    /** Has another state without its changes: one that was read, or one that listeners have heard of already. */
    void jump(HashedState to) {
        now = to;
    }

    /** Shows a durable transaction to readers, and then to listeners. */
    void publish(Applied applied) {
        now = applied.after();
        changes.committed(applied);
    }
}
