package org.jxapi.daemon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;

/**
 * Whether the daemon does what its clients ask: it makes calls as they do. One needs the dispatcher and a commit of the
 * store; it is answered at once unless something is stuck. Another needs a worker too. All workers may be busy with long
 * work for a good while, so that one has more time.
 */
final class SelfCheck {
    private final Dispatcher dispatcher;
    private final Duration quick;
    private final Duration busy;
    private @Nullable String session;

    /** The call that waits for a worker, and since when; null when there is none. */
    private @Nullable CompletableFuture<Reply> worker;

    private long workerSince;

    /**
     * @param quick how long an answer may take that needs no worker
     * @param busy how long a call may wait for a worker
     */
    SelfCheck(Dispatcher dispatcher, Duration quick, Duration busy) {
        this.dispatcher = dispatcher;
        this.quick = quick;
        this.busy = busy;
    }

    /** The part that is stuck, or null. An error is an answer too: a daemon on a full disk is healthy. */
    @Nullable
    String stuck() throws InterruptedException {
        long now = System.nanoTime();
        if (!quickCallIsAnswered()) {
            return "a call has had no answer for " + quick.toSeconds() + " s";
        }
        if (session == null) {
            return null;
        }
        if (worker == null || worker.isDone()) {
            worker = ask("pool.sync_database", session);
            workerSince = now;
        }
        boolean answered = answer(worker, quick) != null;
        return answered || System.nanoTime() - workerSince < busy.toNanos()
                ? null
                : "no worker has taken a call for " + busy.toSeconds() + " s";
    }

    private boolean quickCallIsAnswered() throws InterruptedException {
        if (session == null) {
            Reply login = answer(ask("session.login_with_password", "root", "", "", "jxapid's watchdog"), quick);
            if (!(login instanceof Reply.Success success)) {
                return login != null;
            }
            session = success.result().toString();
        }
        Reply task = answer(ask("task.create", session, "self-check", ""), quick);
        if (task instanceof Reply.Success success) {
            return answer(ask("task.destroy", session, success.result().toString()), quick) != null;
        }
        if (task instanceof Reply.Failure failure && failure.code().equals("SESSION_INVALID")) {
            session = null;
        }
        return task != null;
    }

    /** Makes the call on a thread of its own, so that this one waits no longer than it wants to. */
    private CompletableFuture<Reply> ask(String method, String... params) {
        List<Object> all = new ArrayList<>(List.of((Object[]) params));
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        CompletionStage<Reply> stage =
                                dispatcher.dispatch(new Call.Request(method, all, Call.Origin.INTERNAL));
                        stage.whenComplete((value, e) -> reply.complete(e == null ? value : failure(e)));
                    } catch (RuntimeException | Error e) {
                        reply.complete(failure(e));
                    }
                },
                "self-check");
        thread.setDaemon(true);
        thread.start();
        return reply;
    }

    private static Reply failure(Throwable e) {
        return new Reply.Failure("INTERNAL_ERROR", List.of(String.valueOf(e)));
    }

    /** The answer, or null when there is none in that time. */
    private static @Nullable Reply answer(CompletableFuture<Reply> reply, Duration within) throws InterruptedException {
        try {
            return reply.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a reply never fails", e);
        }
    }
}
