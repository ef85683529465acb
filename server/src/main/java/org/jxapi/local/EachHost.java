package org.jxapi.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jxapi.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done for each host of the pool, every few seconds for example. Hosts other than the own are worked on at
 * once, each in a thread. A host that takes long is left to its thread, and gets no further work until that has ended. A
 * host that cannot be reached is passed over, and another failure of one is logged.
 */
public final class EachHost {
    /** Something to do for one host. */
    public interface Work {
        void run(Hosts.Driven host);
    }

    private static final Logger LOG = LoggerFactory.getLogger(EachHost.class);
    /** How long work on other hosts is waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "each-host");
        thread.setDaemon(true);
        return thread;
    });

    private final String subject;
    private final Hosts hosts;
    private final Store store;
    private final Map<Hosts.Driven, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
    private final Set<Hosts.Driven> unreachable = ConcurrentHashMap.newKeySet();

    /** @param subject what the log says before the reason of a failure, such as {@code Metrics} */
    public EachHost(String subject, Hosts hosts, Store store) {
        this.subject = subject;
        this.hosts = hosts;
        this.store = store;
    }

    /** Does it for all hosts. It throws what the work throws for the host that this daemon runs on. */
    public void run(Work work) {
        List<Hosts.Driven> all = hosts.all(store.snapshot());
        running.keySet().retainAll(all);
        unreachable.retainAll(all);
        List<CompletableFuture<Void>> begun = new ArrayList<>();
        for (Hosts.Driven host : all.subList(1, all.size())) {
            CompletableFuture<Void> before = running.get(host);
            if (before == null || before.isDone()) {
                CompletableFuture<Void> now = CompletableFuture.runAsync(() -> attempt(host, work), THREADS);
                running.put(host, now);
                begun.add(now);
            }
        }
        try {
            work.run(all.get(0));
        } finally {
            await(begun);
        }
    }

    private void attempt(Hosts.Driven host, Work work) {
        try {
            work.run(host);
            unreachable.remove(host);
        } catch (RuntimeException | Error e) {
            if (!Unreachable.is(e)) {
                LOG.warn("{}: failed for the host {}: {}", subject, host.host().value(), e.getMessage(), e);
            } else if (unreachable.add(host)) {
                LOG.debug(
                        "{}: the host {} cannot be reached",
                        subject,
                        host.host().value());
            }
        }
    }

    private void await(List<CompletableFuture<Void>> begun) {
        try {
            CompletableFuture.allOf(begun.toArray(CompletableFuture[]::new))
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("{}: a host takes long", subject);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
