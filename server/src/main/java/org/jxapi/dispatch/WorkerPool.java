package org.jxapi.dispatch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads, of which a bounded number work. One that only waits ({@link Waiting}) gives its place to another, and takes one
 * again when it goes on, without waiting for it: so threads that wait never keep others from working, and what they hold
 * never waits for a place.
 */
public final class WorkerPool extends AbstractExecutorService {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    /** How many threads of all pools may have given their places away; others that wait keep theirs. */
    private static final int MOST_AWAY = 1024;

    private static final AtomicInteger AWAY = new AtomicInteger();
    private static final ThreadLocal<Place> MINE = new ThreadLocal<>();

    private final int most;
    private final boolean queues;
    private final ThreadPoolExecutor threads;
    private final Deque<Runnable> queue = new ArrayDeque<>();
    private int working;

    /**
     * Makes a pool without threads.
     *
     * @param name beginning of its threads' names
     * @param most how many threads may work at once
     * @param queues whether more work waits in a queue, and is not rejected
     * @param idleSeconds how long a thread without work stays
     */
    public WorkerPool(String name, int most, boolean queues, long idleSeconds) {
        this.most = most;
        this.queues = queues;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, idleSeconds, TimeUnit.SECONDS, new SynchronousQueue<>(), r -> {
                    Thread thread = new Thread(r, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** The place of a thread in its pool, which those share that work for it. */
    static final class Place {
        private final WorkerPool pool;
        private int waiting;
        private boolean away;

        private Place(WorkerPool pool) {
            this.pool = pool;
        }

        /** The place of this thread; null for a thread of no pool. */
        static @Nullable Place mine() {
            return MINE.get();
        }

        void leave() {
            Runnable next = null;
            synchronized (pool) {
                if (waiting++ > 0 || !reserve()) {
                    return;
                }
                away = true;
                pool.working--;
                if (pool.working < pool.most && !pool.queue.isEmpty()) {
                    next = pool.queue.poll();
                    pool.working++;
                }
            }
            if (next != null) {
                pool.start(next);
            }
        }

        void comeBack() {
            synchronized (pool) {
                if (--waiting == 0 && away) {
                    away = false;
                    AWAY.decrementAndGet();
                    pool.working++;
                }
            }
        }

        private static boolean reserve() {
            if (AWAY.incrementAndGet() <= MOST_AWAY) {
                return true;
            }
            AWAY.decrementAndGet();
            return false;
        }
    }

    /** Work that a thread of the pool has others do: while one of them waits, its place is another's. */
    public static Runnable sharingPlace(Runnable work) {
        Place place = MINE.get();
        return () -> {
            MINE.set(place);
            try {
                work.run();
            } finally {
                MINE.remove();
            }
        };
    }

    @Override
    public void execute(Runnable work) {
        synchronized (this) {
            if (threads.isShutdown()) {
                throw new RejectedExecutionException("the pool is closed");
            }
            if (working >= most) {
                if (!queues) {
                    throw new RejectedExecutionException(most + " threads are at work");
                }
                queue.add(work);
                return;
            }
            working++;
        }
        start(work);
    }

    private void start(Runnable work) {
        boolean started = false;
        try {
            threads.execute(() -> workThrough(work));
            started = true;
        } finally {
            if (!started) {
                synchronized (this) {
                    working--;
                }
            }
        }
    }

    private void workThrough(Runnable first) {
        MINE.set(new Place(this));
        try {
            for (Runnable work = first; work != null; work = next()) {
                try {
                    work.run();
                } catch (Throwable e) {
                    LOG.error("Worker: a job failed unexpectedly", e);
                }
            }
        } finally {
            MINE.remove();
        }
    }

    /** The next job, or null when there is none or when too many threads work. */
    private synchronized @Nullable Runnable next() {
        if (working > most || queue.isEmpty()) {
            working--;
            return null;
        }
        return queue.poll();
    }

    @Override
    public void shutdown() {
        threads.shutdown();
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        queue.clear();
        return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return threads.awaitTermination(timeout, unit);
    }
}
