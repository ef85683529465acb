package org.jxapi.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.Unreachable;
import org.jxapi.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that makes true on a host what a restart of that host has taken away. It is done when the daemon starts, and each
 * time that the agent of a host answers.
 */
final class HostStarts implements Hosts.Follower {
    private static final Logger LOG = LoggerFactory.getLogger(HostStarts.class);

    private final Store store;
    private final Hosts hosts;
    private final Executor workers;
    private final EachWork work;
    private final PerHost<Lock> turns;

    /** The work for one host; HOST_OFFLINE and CANNOT_CONTACT_HOST if it cannot be reached. */
    interface EachWork {
        void run(Hosts.Driven host);
    }

    HostStarts(Store store, Hosts hosts, Executor workers, EachWork work) {
        this.store = store;
        this.hosts = hosts;
        this.workers = workers;
        this.work = work;
        this.turns = new PerHost<>(hosts, hypervisor -> new ReentrantLock());
    }

    /** Does it for all hosts, and from now on for those that come or answer again. */
    void begin() {
        List<Hosts.Driven> later = all();
        hosts.follow(this);
        later.forEach(this::soon);
    }

    /**
     * Does it for all hosts. It throws what the work throws for the host that this daemon runs on.
     *
     * @return those that could not be reached
     */
    List<Hosts.Driven> all() {
        List<Hosts.Driven> all = hosts.all(store.snapshot());
        work.run(all.get(0));
        List<Hosts.Driven> later = new ArrayList<>();
        for (Hosts.Driven host : all.subList(1, all.size())) {
            if (!attempt(host)) {
                later.add(host);
            }
        }
        return later;
    }

    @Override
    public void added(Hosts.Driven host) {
        soon(host);
    }

    @Override
    public void answers(Hosts.Driven host) {
        soon(host);
    }

    private void soon(Hosts.Driven host) {
        workers.execute(() -> attempt(host));
    }

    /** Whether the host could be reached. */
    private boolean attempt(Hosts.Driven host) {
        Lock turn = turns.of(host.hypervisor());
        turn.lock();
        try {
            work.run(host);
            return true;
        } catch (RuntimeException | Error e) {
            if (Unreachable.is(e)) {
                LOG.debug(
                        "Host {}: cannot be reached, so it is made ready later",
                        host.host().value());
                return false;
            }
            LOG.error(
                    "Host {}: is not ready for all that it may have to do",
                    host.host().value(),
                    e);
            return true;
        } finally {
            turn.unlock();
        }
    }
}
