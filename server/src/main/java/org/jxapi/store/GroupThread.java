package org.jxapi.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A thread that works on all that waits for it at once, so that those who come together share a commit. */
final class GroupThread<T> implements AutoCloseable {
    private static final int MAX_GROUP = 256;
    private static final long LOOK_MILLIS = 200;

    private final LinkedBlockingQueue<T> queue;
    private final Consumer<List<T>> work;
    private final Runnable idle;
    private final Thread thread;
    private final long gather;
    private final Semaphore hurry = new Semaphore(0);
    private volatile boolean closed;

    /**
     * @param most how many may wait
     * @param work gets each group, in the order in which it came; it must not keep the list
     * @param idle is called from time to time while nothing waits
     */
    GroupThread(String name, int most, Consumer<List<T>> work, Runnable idle) {
        this(name, most, work, idle, Duration.ZERO);
    }

    /** @param gather how long it waits for more to come, unless there is a {@link #hurry} */
    GroupThread(String name, int most, Consumer<List<T>> work, Runnable idle, Duration gather) {
        this.queue = new LinkedBlockingQueue<>(most);
        this.work = work;
        this.idle = idle;
        this.gather = gather.toMillis();
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Gives it work; IllegalStateException when too much waits. */
    void add(T one) {
        queue.add(one);
    }

    /** Gives it work when there is room, even if this thread is interrupted meanwhile; false when the thread has ended. */
    boolean put(T one) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (queue.offer(one, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                        return true;
                    }
                    if (!thread.isAlive()) {
                        return false;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Has it work at once on all that waits. */
    void hurry() {
        hurry.release();
    }

    /** Takes all that waits away. */
    void drainTo(Collection<T> to) {
        queue.drainTo(to);
    }

    private void run() {
        List<T> group = new ArrayList<>();
        try {
            while (!(closed && queue.isEmpty())) {
                T first = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (first == null) {
                    idle.run();
                } else {
                    group.add(first);
                    awaitMore();
                    queue.drainTo(group, MAX_GROUP - 1);
                    work.accept(group);
                    group.clear();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitMore() throws InterruptedException {
        if (gather > 0 && queue.size() < MAX_GROUP && hurry.tryAcquire(gather, TimeUnit.MILLISECONDS)) {
            hurry.drainPermits();
        }
    }

    /** Waits until it has worked on all that waits. */
    @Override
    public void close() {
        closed = true;
        hurry();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
