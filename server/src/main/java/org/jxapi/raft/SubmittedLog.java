package org.jxapi.raft;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.GroupLog;

/** Hands groups to the Ratis server of this process, without a network. */
final class SubmittedLog implements GroupLog, AutoCloseable {
    private final RaftGroupId group;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private volatile @Nullable RaftServer server;

    /** The group that waits for an answer; a server that is closed does not give one to all. */
    private @Nullable CompletableFuture<Boolean> waiting;

    private boolean closed;

    SubmittedLog(RaftGroupId group) {
        this.group = group;
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
        ByteString content = UnsafeByteOperations.unsafeWrap(bytes);
        RaftClientRequest request = request(to, Message.valueOf(content), RaftClientRequest.writeRequestType());
        try {
            to.submitClientRequestAsync(request).whenComplete((reply, failure) -> answer(applied, reply, failure));
        } catch (IOException e) {
            applied.completeExceptionally(e);
        }
        return applied;
    }

    /** Completes when this host has applied all changes that any host had made before the call; fails when no leader says so. */
    CompletableFuture<Void> confirm() {
        RaftServer to = server;
        if (to == null) {
            return CompletableFuture.failedFuture(new IOException("this host leaves the log"));
        }
        RaftClientRequest request = request(to, Message.EMPTY, RaftClientRequest.readRequestType());
        try {
            return to.submitClientRequestAsync(request).thenAccept(reply -> {
                if (!reply.isSuccess()) {
                    throw new CompletionException(reply.getException());
                }
            });
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private RaftClientRequest request(RaftServer to, Message message, RaftClientRequest.Type type) {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(to.getId())
                .setGroupId(group)
                .setCallId(call())
                .setMessage(message)
                .setType(type)
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
        CompletableFuture<Boolean> left;
        synchronized (this) {
            closed = true;
            left = waiting;
        }
        if (left != null) {
            left.completeExceptionally(new IOException("this host leaves the log"));
        }
    }
}
