package org.jxapi.raft;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Replica;
import org.jxapi.store.StateImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the log to the replica. Ratis calls it on one thread, the one that applies, except where a method says otherwise.
 *
 * <p>Its life cycle must be RUNNING between {@link #initialize} and the end: Ratis reloads only what was paused, and a
 * machine cannot be paused that does not run. It would refuse each snapshot, and never follow again.
 */
final class ReplicaMachine extends BaseStateMachine {
    /** The answer to a group that was applied; another one is that it was not. */
    static final Message APPLIED = Message.valueOf("applied");

    private static final Message REFUSED = Message.valueOf("refused");
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMachine.class);

    private final Replica replica;
    private final @Nullable StateImage founding;
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final SnapshotWriter writer = new SnapshotWriter();

    /**
     * @param founding the state with which a new group begins; null for a member that has begun or gets it from others
     */
    ReplicaMachine(Replica replica, @Nullable StateImage founding) {
        this.replica = replica;
        this.founding = founding;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage) throws IOException {
        super.initialize(server, group, raftStorage);
        getLifeCycle().transition(LifeCycle.State.STARTING);
        storage.init(raftStorage);
        if (founding != null && storage.getLatestSnapshot() == null) {
            writer.write(storage, TermIndex.valueOf(0, 0), founding);
        }
        SingleFileSnapshotInfo latest = storage.getLatestSnapshot();
        if (latest != null) {
            replica.resume(read(latest));
            setLastAppliedTermIndex(latest.getTermIndex());
        }
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    private static StateImage read(SingleFileSnapshotInfo snapshot) throws IOException {
        File file = snapshot.getFile().getPath().toFile();
        MD5Hash sum = snapshot.getFile().getFileDigest();
        if (sum != null) {
            MD5FileUtil.verifySavedMD5(file, sum);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file.toPath()))) {
            return StateImage.readFrom(in);
        }
    }

    /** A snapshot of the leader is about to take the place of this machine's; called on another thread. */
    @Override
    public void pause() {
        writer.await();
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        getLifeCycle().transition(LifeCycle.State.STARTING);
        SingleFileSnapshotInfo latest = storage.loadLatestSnapshot();
        if (latest == null) {
            throw new IOException("the snapshot that was installed is missing");
        }
        replica.install(read(latest));
        setLastAppliedTermIndex(latest.getTermIndex());
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = Objects.requireNonNull(transaction.getLogEntry(), "an entry is committed");
        ByteString group = entry.getStateMachineLogEntry().getLogData();
        // When the replica throws, Ratis closes the member: what it would apply from here on would be wrong.
        boolean applied = group.isEmpty() || replica.apply(group.toByteArray());
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(applied ? APPLIED : REFUSED);
    }

    /** Begins a snapshot on another thread; the index of the one that has been written meanwhile, if there is one. */
    @Override
    public long takeSnapshot() {
        long written = writer.takeWritten();
        if (written == RaftLog.INVALID_LOG_INDEX && !writer.busy()) {
            TermIndex at = getLastAppliedTermIndex();
            StateImage image = replica.image();
            writer.start(() -> {
                replica.force();
                return writer.write(storage, at, image);
            });
        }
        return written;
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public void notifyLeaderReady() {
        getServer().thenAccept(server -> {
            try {
                long term = server.getDivision(getGroupId()).getInfo().getCurrentTerm();
                replica.lead(term);
                LOG.info("Pool: this host is the coordinator in term {}", term);
            } catch (IOException e) {
                LOG.error("Pool: this host cannot become the coordinator: {}", e.getMessage());
            }
        });
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        replica.follow();
    }

    /** Called on any thread. */
    @Override
    public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
        if (!self.getPeerId().equals(leader)) {
            replica.follow();
        }
    }

    @Override
    public void close() {
        writer.close();
        if (!getLifeCycleState().isClosingOrClosed()) {
            getLifeCycle().transition(LifeCycle.State.CLOSING);
            getLifeCycle().transition(LifeCycle.State.CLOSED);
        }
    }
}
