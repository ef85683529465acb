package org.jxapi.dispatch;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;

/** The context of a call, which the code of every message gets: the caller, its session and its task. */
public interface Call {
    /** {@code Class.message}, without Async. */
    String method();

    /** The caller's session; the null reference for messages that take none. */
    Ref<Session> session();

    /** The task of this call; the null reference for messages without one. */
    Ref<Task> task();

    /** Where the call came from. */
    Origin origin();

    Store store();

    /** Sets the task's progress, from 0 to 1. */
    void progress(double fraction);

    /** Whether the task was asked to stop. */
    boolean cancelled();

    /** Throws TASK_CANCELLED when the task was asked to stop. */
    void throwIfCancelled();

    /** Whether the client that waits for the answer has gone. */
    boolean abandoned();

    /** Shows the task as one that can be cancelled, until the result is closed: now somebody looks whether it was. */
    Cancellable cancellable();

    /**
     * Ends the call's task in the transaction of the last thing that the call does, which saves a commit: it goes if the
     * caller waits for the answer, so that nobody asks for it any more. Nothing that can fail may follow.
     */
    void end(Transaction last);

    /** The same call for a part of what it does, the end of which is not the call's. */
    Call part();

    /** The time in which a task can be cancelled. */
    interface Cancellable extends AutoCloseable {
        @Override
        void close();
    }

    /** Whether the caller holds a right such as {@code task.destroy/any}; RBAC_PERMISSION_DENIED is for the code to throw. */
    boolean permits(String permission);

    /**
     * The origin of a call.
     *
     * @param unixSocket whether the peer is trusted as local root
     * @param peer address of the peer, for logs
     * @param userAgent the request's user-agent, or empty
     * @param originator the request's originator header, or empty
     * @param taskId task reference of the request's task-id header, or null
     * @param subtaskOf task reference of the request's subtask-of header, or null
     * @param otherConfig settings of the request's x-http-other-config headers
     * @param gone whether the client that waits for the answer has gone
     * @param certificates the certificates that the client has shown in TLS, its own first; nobody has checked whether
     *     they are trusted
     */
    record Origin(
            boolean unixSocket,
            String peer,
            String userAgent,
            String originator,
            @Nullable String taskId,
            @Nullable String subtaskOf,
            Map<String, String> otherConfig,
            BooleanSupplier gone,
            List<X509Certificate> certificates) {
        /** The origin of a call whose client has shown no certificate, and is not watched. */
        public Origin(
                boolean unixSocket,
                String peer,
                String userAgent,
                String originator,
                @Nullable String taskId,
                @Nullable String subtaskOf,
                Map<String, String> otherConfig) {
            this(unixSocket, peer, userAgent, originator, taskId, subtaskOf, otherConfig, () -> false, List.of());
        }

        /** The same of a call that goes on when its client goes. */
        Origin unwatched() {
            return watched(() -> false);
        }

        /** The same of a call whose client can be watched. */
        public Origin watched(BooleanSupplier client) {
            return new Origin(
                    unixSocket, peer, userAgent, originator, taskId, subtaskOf, otherConfig, client, certificates);
        }

        /** The same of a call whose client has shown certificates. */
        public Origin showing(List<X509Certificate> shown) {
            return new Origin(unixSocket, peer, userAgent, originator, taskId, subtaskOf, otherConfig, gone, shown);
        }

        /** The origin of calls under no other task, whose client is not watched. */
        public static Origin of(boolean unixSocket, String peer, String userAgent, String originator) {
            return new Origin(unixSocket, peer, userAgent, originator, null, null, Map.of());
        }

        /** Calls that the daemon makes itself. */
        public static final Origin INTERNAL = of(true, "jxapid", "", "");
    }

    /** An untyped call as the codecs read it: {@code params} hold String, Long, Double, Boolean, {@link Untyped.DateTime}, {@link Untyped.Base64}, List, Map or null. */
    record Request(String method, List<Object> params, Origin origin) {}
}
