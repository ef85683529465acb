package org.jxapi.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.GroupLog;

/** Hands groups to the Ratis server of this process, without a network. */
final class SubmittedLog implements GroupLog, AutoCloseable {
    static final long NOT_LEADING = -1;

    private final RaftGroupId group;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final LeadLease lease;
    private volatile @Nullable RaftServer server;

    /** The group that waits for an answer; a server that is closed does not give one to all. */
    private @Nullable CompletableFuture<Boolean> waiting;

    /** The mark that waits for an answer, and the one that follows it. */
    private @Nullable CompletableFuture<Boolean> mark;

    private @Nullable CompletableFuture<Boolean> nextMark;

    private boolean closed;

    SubmittedLog(RaftGroupId group, LeadLease lease) {
        this.group = group;
        this.lease = lease;
    }

    void use(RaftServer newServer) {
        server = newServer;
    }

    ClientId client() {
        return client;
    }

    /** A number for a request. */
    long call() {
        return calls.incrementAndGet();
    }

    @Override
    public CompletableFuture<Boolean> append(byte[] bytes) {
        CompletableFuture<Boolean> applied = new CompletableFuture<>();
        RaftServer to = server;
        synchronized (this) {
            if (closed || to == null) {
                return CompletableFuture.failedFuture(new IOException("this host leaves the log"));
            }
            waiting = applied;
        }
        submit(to, Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes)), applied);
        return applied;
    }

    private void submit(RaftServer to, Message message, CompletableFuture<Boolean> applied) {
        long term = term(to);
        long handed = System.nanoTime();
        try {
            to.submitClientRequestAsync(request(to, message)).whenComplete((reply, failure) -> {
                if (reply != null && reply.isSuccess() && term != NOT_LEADING && term(to) == term) {
                    lease.extend(term, handed);
                }
                answer(applied, reply, failure);
            });
        } catch (IOException e) {
            applied.completeExceptionally(e);
        }
    }

    /**
     * Completes when most voters have a mark, which is an entry without a change, that this host has handed to the log since the
     * call. Calls that come while one is under way share the next one. It fails when this host does not lead.
     */
    CompletableFuture<Boolean> mark() {
        RaftServer to = server;
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        synchronized (this) {
            if (closed || to == null) {
                return CompletableFuture.failedFuture(new IOException("this host leaves the log"));
            }
            if (mark != null) {
                if (nextMark == null) {
                    nextMark = new CompletableFuture<>();
                }
                return nextMark;
            }
            mark = first;
        }
        begin(to, first);
        return first;
    }

    /** Hands a mark to the log. The caller must hold no lock: Ratis answers marks while it holds its own. */
    private void begin(RaftServer to, CompletableFuture<Boolean> next) {
        next.whenCompleteAsync((applied, failure) -> marked(to));
        submit(to, Message.EMPTY, next);
    }

    private void marked(RaftServer to) {
        CompletableFuture<Boolean> next;
        synchronized (this) {
            mark = null;
            if (closed || nextMark == null) {
                return;
            }
            next = nextMark;
            nextMark = null;
            mark = next;
        }
        begin(to, next);
    }

    /** The term in which this host leads, or {@link #NOT_LEADING}. */
    long term() {
        RaftServer now = server;
        return now == null ? NOT_LEADING : term(now);
    }

    private long term(RaftServer of) {
        try {
            DivisionInfo info = of.getDivision(group).getInfo();
            long term = info.getCurrentTerm();
            return info.isLeader() && info.getCurrentTerm() == term ? term : NOT_LEADING;
        } catch (IOException e) {
            return NOT_LEADING;
        }
    }

    private RaftClientRequest request(RaftServer to, Message message) {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(to.getId())
                .setGroupId(group)
                .setCallId(call())
                .setMessage(message)
                .setType(RaftClientRequest.writeRequestType())
                .build();
    }

    private static void answer(
            CompletableFuture<Boolean> applied, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (reply != null && reply.isSuccess()) {
            applied.complete(reply.getMessage().getContent().equals(ReplicaMachine.APPLIED.getContent()));
        } else if (reply != null && reply.getException() != null) {
            applied.completeExceptionally(reply.getException());
        } else {
            applied.completeExceptionally(failure == null ? new IOException("no answer") : failure);
        }
    }

    @Override
    public void close() {
        List<CompletableFuture<Boolean>> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            Stream.of(waiting, mark, nextMark).filter(Objects::nonNull).forEach(left::add);
        }
        left.forEach(each -> each.completeExceptionally(new IOException("this host leaves the log")));
    }
}
