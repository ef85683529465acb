package org.jxapi.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/** Reads the bodies of calls as they come, with limits for their size, their time and their memory altogether. */
final class CallBodies {
    /** The rate that a sender must keep after its grace period, in bytes per second. */
    private static final long RATE = 1024;
    /** Bodies up to this size, in bytes, find room always. */
    private static final long SMALL = 64 * 1024;

    private final int max;
    private final Duration first;
    private final RequestMemory room;

    /**
     * @param max longest body, in bytes
     * @param first how long every body may take, however short
     */
    CallBodies(long max, Duration first) {
        this.max = (int) Math.min(max, Integer.MAX_VALUE);
        this.first = first;
        room = new RequestMemory(Math.max(2L * this.max, Runtime.getRuntime().maxMemory() / 8));
    }

    /** Calls back with the body, or with a failure whose message says why there is none. */
    void read(Request request, BiConsumer<byte[], Throwable> then) {
        long length = request.getLength();
        if (length < 0 || length > max) {
            then.accept(null, new IOException(length < 0 ? "no content-length" : "a body of " + length + " bytes"));
            return;
        }
        long takes = length <= SMALL ? 0 : length;
        if (!room.take(takes)) {
            then.accept(null, new IOException("too many large bodies at once"));
            return;
        }
        @SuppressWarnings("removal") // its successor is in no release yet
        CompletableFuture<byte[]> body = Content.Source.asByteArrayAsync(request, max);
        if (!body.isDone()) {
            Duration limit = first.plusSeconds(length / RATE);
            Scheduler.Task late = request.getComponents()
                    .getScheduler()
                    .schedule(
                            () -> request.fail(new TimeoutException("the body was not there in " + limit)),
                            limit.toMillis(),
                            TimeUnit.MILLISECONDS);
            body.whenComplete((bytes, failure) -> late.cancel());
        }
        body.whenComplete((bytes, failure) -> {
            try {
                then.accept(bytes, failure);
            } finally {
                room.give(takes);
            }
        });
    }
}
