package org.jxapi.hypervisor.libxl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * A {@link LibxlContext} for each call that is under way. libxl does much of its work, such as building a domain's memory,
 * with its context locked; with one of its own a call never waits for another, and {@code libxl_ao_abort} without a
 * handle aborts just that call.
 */
final class LibxlContexts implements AutoCloseable {
    private static final int MOST_IDLE = 4;
    private static final int ABORT_AGAIN_MILLIS = 100;
    /** {@code libxl_sigchld_owner_libxl_always_selective_reap} of {@code libxl_event.h}. */
    private static final int SELECTIVE_REAP = 3;

    private final Libraries libraries;
    private final JavaMemory memory;
    private final Descriptors descriptors;
    private final Pointer childHooks;
    private final Deque<LibxlContext> idle = new ArrayDeque<>();
    private final ExecutorService workers;
    private boolean closed;

    LibxlContexts(Libraries libraries) {
        this.libraries = libraries;
        this.memory = new JavaMemory(libraries.libc());
        this.descriptors = new Descriptors(libraries.libc());
        ownChildren();
        childHooks = libraries.allocate(64);
        childHooks.putInt(0, SELECTIVE_REAP);
        AtomicInteger number = new AtomicInteger();
        workers = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "libxl-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * The JVM sets the disposition of SIGCHLD when this class is loaded, at the first ProcessBuilder. After libxl has
     * installed its handler that would take it away, and libxl would wait for its children for ever.
     */
    private static void ownChildren() {
        try {
            Class.forName("java.lang.ProcessImpl");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this JVM starts processes in another way", e);
        }
    }

    /** Returns a new context that is the caller's. */
    LibxlContext open() {
        return new LibxlContext(libraries, childHooks);
    }

    /** Runs a call that does not take long, in this thread. */
    <T> T call(Function<LibxlContext, T> call) {
        LibxlContext context = borrow();
        try {
            return call.apply(context);
        } finally {
            giveBack(context);
        }
    }

    /**
     * Runs a call that may take long, in a thread of its own. Interrupting this thread makes libxl abort it, however
     * deep it waits in native code; the call ends when libxl has cleaned up.
     */
    <T> T longCall(Function<LibxlContext, T> call) {
        memory.keepFromChildren();
        LibxlContext context = borrow();
        boolean interrupted = false;
        try (Descriptors.Guarded guarded = descriptors.guard()) {
            Future<T> work = workers.submit(() -> call.apply(context));
            while (true) {
                try {
                    T result = interrupted ? work.get(ABORT_AGAIN_MILLIS, TimeUnit.MILLISECONDS) : work.get();
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    return result;
                } catch (InterruptedException e) {
                    interrupted = true;
                    context.abort();
                } catch (TimeoutException e) {
                    context.abort();
                } catch (ExecutionException e) {
                    throw unwrapped(e, interrupted);
                }
            }
        } finally {
            giveBack(context);
        }
    }

    private static RuntimeException unwrapped(ExecutionException failed, boolean interrupted) {
        Throwable cause = failed.getCause();
        if (cause instanceof HypervisorException failure) {
            return interrupted
                    ? new HypervisorException(LibxlError.ABORTED, "interrupted: " + failure.getMessage(), failure.log())
                    : failure;
        } else if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException other ? other : new IllegalStateException(failed);
    }

    private LibxlContext borrow() {
        synchronized (idle) {
            if (closed) {
                throw new HypervisorException(LibxlError.FAIL, "libxl is closed");
            }
            LibxlContext context = idle.poll();
            if (context != null) {
                return context;
            }
        }
        return open();
    }

    private void giveBack(LibxlContext context) {
        context.takeLog();
        synchronized (idle) {
            if (!closed && idle.size() < MOST_IDLE) {
                idle.push(context);
                return;
            }
        }
        context.close();
    }

    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            idle.forEach(LibxlContext::close);
            idle.clear();
        }
        workers.shutdown();
        descriptors.close();
    }
}
