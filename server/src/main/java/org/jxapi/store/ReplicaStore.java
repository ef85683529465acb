package org.jxapi.store;

/** The store of a host of a pool. Reads show what has been applied here; only the coordinator makes changes. */
final class ReplicaStore extends ExecutingStore {
    private final SharedCommitter committer;

    ReplicaStore(Published published, GroupLog log, DiskRoom room) {
        super(published);
        this.committer = new SharedCommitter(log, room, writing(), this::goBack);
    }

    @Override
    SharedCommitter committer() {
        return committer;
    }
}
