package org.jxapi.volume;

import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks file systems whether they answer. The kernel makes each user of a file of a dead server wait, for minutes or for
 * ever. So each file system is asked by a thread of its own before it is used, and at most one such thread waits for it.
 */
final class Answers {
    /** An answer counts for so long. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Duration limit;
    private final Map<Path, Question> questions = new ConcurrentHashMap<>();

    /** @param limit how long a file system may take to answer */
    Answers(Duration limit) {
        this.limit = limit;
    }

    /**
     * @param size the size of the file system in bytes; 0 when it fails
     * @param asked when it was asked
     */
    private record Question(CompletableFuture<Long> size, long asked) {
        boolean old() {
            return size.isDone() && System.nanoTime() - asked > FRESH_NANOS;
        }
    }

    /**
     * Returns when the file system at a place has answered.
     *
     * @param name what to call it in the error: SR_BACKEND_FAILURE_47, at once when it is silent for the limit already
     */
    void require(Path at, String name) {
        Question question = questions.compute(at, (key, last) -> last == null || last.old() ? ask(at) : last);
        long left = Math.max(0, limit.toNanos() - (System.nanoTime() - question.asked()));
        try {
            if (question.size().get(left, TimeUnit.NANOSECONDS) == 0) {
                throw SmFailure.SR_UNAVAILABLE.error(name + " does not answer");
            }
        } catch (TimeoutException e) {
            throw SmFailure.SR_UNAVAILABLE
                    .error(name + " did not answer within " + limit.toSeconds() + " s")
                    .causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SmFailure.SR_UNAVAILABLE
                    .error("interrupted while " + name + " was asked")
                    .causedBy(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Does work on the file system at a place, which may take as long as the file system answers. Work on one that has
     * become silent is left to itself: its thread ends when the kernel lets it, and what it opens then is closed.
     *
     * @param name what to call the file system in the error: SR_BACKEND_FAILURE_47 when it is silent for the limit
     */
    @Nullable
    Object during(Path at, String name, Callable<@Nullable Object> work) throws Exception {
        require(at, name);
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> work(work, result), "work at " + at);
        thread.setDaemon(true);
        thread.start();
        while (true) {
            try {
                return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                try {
                    require(at, name);
                } catch (RuntimeException silent) {
                    result.cancel(false);
                    throw silent;
                }
            } catch (InterruptedException e) {
                // The work ends itself, and says why.
                thread.interrupt();
                Thread.currentThread().interrupt();
                result.cancel(false);
                throw SmFailure.SR_UNAVAILABLE
                        .error("interrupted while " + name + " was used")
                        .causedBy(e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
    }

    private static void work(Callable<@Nullable Object> work, CompletableFuture<@Nullable Object> result) {
        try {
            Object done = work.call();
            if (!result.complete(done) && done instanceof Closeable opened) {
                opened.close();
            }
        } catch (Exception | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** Forgets a file system that is not mounted any more. */
    void forget(Path at) {
        questions.remove(at);
    }

    private static Question ask(Path at) {
        CompletableFuture<Long> size = new CompletableFuture<>();
        // A system call of the file system that no cache of the kernel answers.
        Thread thread = new Thread(() -> size.complete(at.toFile().getTotalSpace()), "answer of " + at);
        thread.setDaemon(true);
        thread.start();
        return new Question(size, System.nanoTime());
    }
}
