package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.Events;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows all domains with one thread and a context of its own. Whatever wakes it, libxl's events or xenstore's watches
 * of domains that come and go, it compares the list of domains with what it knew: so no event is lost or told twice, and
 * domains of others are seen too.
 *
 * <p>The thread polls libxl's descriptors itself. With {@code libxl_event_wait}, what another thread enables
 * meanwhile may go unnoticed: enabling an event does not wake those who wait.
 */
final class LibxlEvents implements Events, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibxlEvents.class);
    private static final long ALL_EVENTS = -1;
    private static final int FIRST_FDS = 64;

    private final LibxlContext context;
    private final Xenstore xenstore;
    private final Wakeup wakeup;
    private final List<Subscription> watches = new ArrayList<>();
    private final List<Consumer<HypervisorEvent>> listeners = new CopyOnWriteArrayList<>();
    private final Map<Integer, Followed> followed = new TreeMap<>();
    private final Set<Integer> newDisks = ConcurrentHashMap.newKeySet();
    private final CountDownLatch started = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "libxl-events");
    private volatile boolean domainsChanged = true;
    private volatile boolean closed;

    /** The known state of a domain, and libxl's event generators for it. */
    private static final class Followed {
        private final DomainInfo info;
        private boolean shutdownTold;
        private @Nullable Pointer death;
        private @Nullable Subscription disks;
        private final Map<String, Pointer> ejects = new TreeMap<>();

        Followed(DomainInfo info) {
            this.info = info;
        }
    }

    LibxlEvents(LibxlContexts contexts, Xenstore xenstore) {
        context = contexts.open();
        this.xenstore = xenstore;
        wakeup = new Wakeup(context.libraries());
        watches.add(xenstore.watch(Xenstore.INTRODUCE_DOMAIN, path -> lookAtDomains()));
        watches.add(xenstore.watch(Xenstore.RELEASE_DOMAIN, path -> lookAtDomains()));
        thread.setDaemon(true);
        thread.start();
        try {
            started.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAtDomains() {
        domainsChanged = true;
        wakeup.wake();
    }

    private void lookAtDisks(Integer domid) {
        newDisks.add(domid);
        wakeup.wake();
    }

    @Override
    public Subscription subscribe(Consumer<HypervisorEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void tell(HypervisorEvent event) {
        LOG.debug("{}", event);
        for (Consumer<HypervisorEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.error("Hypervisor events: a listener failed at {}", event, e);
            }
        }
    }

    private void run() {
        boolean first = true;
        try {
            while (!closed) {
                try {
                    takeEvents();
                    if (domainsChanged) {
                        domainsChanged = false;
                        compare(first);
                        first = false;
                        started.countDown();
                    }
                    followEjects();
                    waitForMore();
                } catch (RuntimeException e) {
                    LOG.error("Hypervisor events: failed, trying again", e);
                    domainsChanged = true;
                    started.countDown();
                    Thread.sleep(1000);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Following the domains ends", e);
        } finally {
            started.countDown();
            followed.values().forEach(this::unfollow);
            context.close();
        }
    }

    private void takeEvents() {
        LibXenlight libxl = context.libxl();
        while (true) {
            Pointer out = context.out();
            int rc = libxl.libxl_event_check(context.pointer(), out, ALL_EVENTS, null, null);
            if (rc == LibxlError.NOT_READY.value()) {
                return;
            }
            context.check(rc, "libxl's events cannot be read");
            Pointer event = out.getPointer(0);
            ObjectNode json = Struct.json(context.libraries(), context.pointer(), StructType.EVENT, event);
            libxl.libxl_event_free(context.pointer(), event);
            LOG.debug("libxl: {}", json);
            JsonNode eject = json.get("type.disk_eject");
            if (eject == null) {
                domainsChanged = true;
            } else {
                ejected(json.path("domid").intValue(), eject);
            }
        }
    }

    private void ejected(int domid, JsonNode eject) {
        Followed domain = followed.get(domid);
        if (domain != null && eject.get("disk") instanceof ObjectNode json) {
            json.set("vdev", eject.get("vdev"));
            tell(new HypervisorEvent.DiskEject(
                    domid, domain.info.uuid(), Structures.readDevice(json, DiskConfig.class)));
        }
    }

    /** Reports the changes since the last call. */
    private void compare(boolean first) {
        Map<Integer, DomainInfo> now = DomainCalls.list(context).stream()
                .filter(domain -> domain.domid() != Hypervisor.DOM0)
                .collect(Collectors.toMap(DomainInfo::domid, domain -> domain));
        for (Iterator<Followed> i = followed.values().iterator(); i.hasNext(); ) {
            Followed domain = i.next();
            DomainInfo info = now.get(domain.info.domid());
            if (info == null || info.dying() || !info.uuid().equals(domain.info.uuid())) {
                i.remove();
                unfollow(domain);
                tell(new HypervisorEvent.DomainDeath(domain.info.domid(), domain.info.uuid()));
            }
        }
        for (DomainInfo info : new TreeMap<>(now).values()) {
            if (info.dying()) {
                continue;
            }
            Followed domain = followed.get(info.domid());
            if (domain == null) {
                domain = new Followed(info);
                followed.put(info.domid(), domain);
                follow(domain);
                domain.shutdownTold = first && info.shutdown();
            }
            if (info.shutdown() && !domain.shutdownTold) {
                tell(new HypervisorEvent.DomainShutdown(info.domid(), info.uuid(), info.shutdownReason()));
            }
            domain.shutdownTold = info.shutdown();
        }
    }

    private void follow(Followed domain) {
        Pointer out = context.out();
        int domid = domain.info.domid();
        context.check(
                context.libxl().libxl_evenable_domain_death(context.pointer(), domid, domid, out),
                "domain " + domid + " cannot be followed");
        domain.death = out.getPointer(0);
        if (mayHaveDrives(domain)) {
            domain.disks = xenstore.watch("/libxl/" + domid + "/device/vbd", path -> lookAtDisks(domid));
        }
    }

    /** Only with a device model can a guest eject a disc; while it is made, a domain's type may not be known. */
    private static boolean mayHaveDrives(Followed domain) {
        return domain.info.domainType() != DomainKind.PV && domain.info.domainType() != DomainKind.PVH;
    }

    private void unfollow(Followed domain) {
        if (domain.disks != null) {
            domain.disks.close();
        }
        if (domain.death != null) {
            context.libxl().libxl_evdisable_domain_death(context.pointer(), domain.death);
        }
        domain.ejects.values().forEach(eject -> context.libxl().libxl_evdisable_disk_eject(context.pointer(), eject));
        domain.ejects.clear();
    }

    /** Follows the CD drives of domains whose disks changed. */
    private void followEjects() {
        for (Integer domid : List.copyOf(newDisks)) {
            newDisks.remove(domid);
            Followed domain = followed.get(domid);
            if (domain == null || !mayHaveDrives(domain)) {
                continue;
            }
            for (DiskConfig disk : LibxlDevices.list(context, domid, DiskConfig.class)) {
                if (disk.isCdrom() && !domain.ejects.containsKey(disk.vdev())) {
                    Pointer out = context.out();
                    int rc = context.libxl()
                            .libxl_evenable_disk_eject(context.pointer(), domid, disk.vdev(), domid, out);
                    if (rc == 0) {
                        domain.ejects.put(disk.vdev(), out.getPointer(0));
                    } else {
                        LOG.debug("Drive {} of domain {} cannot be followed: {}", disk.vdev(), domid, rc);
                    }
                }
            }
        }
    }

    private void waitForMore() {
        context.takeLog();
        LibC libc = context.libraries().libc();
        int room = FIRST_FDS;
        while (true) {
            Pointer fds = context.libraries().allocate((room + 1) * Wakeup.POLLFD_BYTES);
            try {
                Pointer out = context.out();
                out.putInt(0, room);
                out.putInt(8, -1);
                long now = System.currentTimeMillis();
                int rc = context.libxl()
                        .libxl_osevent_beforepoll(
                                context.pointer(), out, fds, out.slice(8), now / 1000, now % 1000 * 1000);
                int count = out.getInt(0);
                if (rc == LibxlError.BUFFERFULL.value()) {
                    room = count;
                    continue;
                }
                context.check(rc, "libxl's descriptors are not known");
                int timeout = out.getInt(8);
                wakeup.pollIn(fds, count);
                if (!domainsChanged && newDisks.isEmpty() && !closed) {
                    libc.poll(fds, count + 1L, timeout);
                }
                wakeup.drain();
                now = System.currentTimeMillis();
                context.libxl().libxl_osevent_afterpoll(context.pointer(), count, fds, now / 1000, now % 1000 * 1000);
                return;
            } finally {
                libc.free(fds);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        watches.forEach(Subscription::close);
        wakeup.wake();
        try {
            thread.join();
            wakeup.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
