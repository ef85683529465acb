package org.jxapi.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.http.ConnectHandler;
import org.jxapi.http.Grant;
import org.jxapi.http.HttpAccess;
import org.jxapi.http.Refusal;
import org.jxapi.http.RequestHead;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.ThisPool;
import org.jxapi.local.VmDomain;
import org.jxapi.session.Rights;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.ConsoleProtocol;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code CONNECT /console}: leads a client to a guest's console, as XAPI does. The console is {@code uuid} (of a
 * console, or of a VM: then its graphical one) or {@code ref} (likewise). After the answer 200 the bytes are those of
 * the guest's terminal (vt100) or VNC server (rfb). Anything wrong with the request is answered 500, as in XAPI; a
 * console that is not there 404. {@code GET /console} does the same for browsers, over a WebSocket; a GET that asks for
 * none is answered 501.
 */
public final class ConsoleServer implements ConnectHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleServer.class);
    private static final String PATH = "/console";
    private static final String HOST_CONSOLE = "http/connect_console/host_console";
    private static final int BLOCK = 16 * 1024;

    private final Store store;
    private final Hosts hosts;
    private final Tasks tasks;
    private final HttpAccess access;
    private final PerHost<GuestConsoles> consoles;
    /** How many consoles of each VM are open: the pool may allow one only. */
    private final Map<Ref<VM>, Integer> open = new ConcurrentHashMap<>();

    public ConsoleServer(Store store, Hosts hosts, PerHost<GuestConsoles> consoles, Tasks tasks, HttpAccess access) {
        this.store = store;
        this.hosts = hosts;
        this.consoles = consoles;
        this.tasks = tasks;
        this.access = access;
    }

    @Override
    public void connect(RequestHead request, Answer answer) throws IOException {
        String permission = request.method().equals("GET") ? "http/connect_console_ws" : "http/connect_console";
        XenApiException failure = Errors.internalError("the connection to the console broke off");
        try {
            if (!request.path().equals(PATH)) {
                throw new Refusal(404, "Not Found", "There is nothing here.");
            }
            Ref<Console> console;
            Ref<VM> vm;
            try (Grant grant = access.grant(request, permission)) {
                console = console(request, grant.rights());
                vm = store.snapshot().get(console, Console.VM);
                if (store.snapshot().get(vm, VM.IS_CONTROL_DOMAIN)) {
                    requireHostConsole(grant.rights());
                    LOG.info("Console: {} opens that of the control domain", request.peer());
                }
                check(vm);
            }
            int count = open.merge(vm, 1, Integer::sum);
            try (Channel channel =
                    count > 1 && pool().get(Pool.LIMIT_CONSOLE_SESSIONS) ? taken() : channel(console, vm)) {
                Streams client = answer.open();
                boolean screen = store.snapshot().get(console, Console.PROTOCOL) == ConsoleProtocol.RFB;
                try (IdleWatch watch = new IdleWatch(idleTimeout(vm), screen, client.out())) {
                    copy(channel, client.in(), client.out(), watch);
                }
            } finally {
                open.computeIfPresent(vm, (v, n) -> n == 1 ? null : n - 1);
            }
            failure = null;
        } catch (Refusal e) {
            failure = e.error();
            // Clients look again and again for the console of a VM that is halted or starts.
            if (e.status() == 403) {
                LOG.info("Console: refused to {}: {}", request.peer(), e.getMessage());
            } else {
                LOG.debug("Console: refused to {}: {}", request.peer(), e.getMessage());
            }
            answer.refuse(e);
        } finally {
            if (request.caller() != null) {
                request.record(permission, failure);
            }
            endTask(request, failure);
        }
    }

    /** Ends the task that a request names, as XAPI does for every handler, if the request's user may. */
    private void endTask(RequestHead request, @Nullable XenApiException failure) {
        String given = request.param("task_id");
        if (given == null || request.caller() == null) {
            return;
        }
        Ref<Task> task = Task.XEN_CLASS.ref(given);
        Snapshot now = store.snapshot();
        boolean may = now.find(task).isPresent()
                && (Tasks.owns(now, request.caller().session(), task)
                        || request.caller().permits("task.destroy/any"));
        if (!may) {
            return;
        }
        if (failure == null) {
            tasks.succeed(task, "");
        } else {
            tasks.fail(task, failure.code(), failure.params());
        }
    }

    private static Channel taken() {
        throw new Refusal(
                503, "Connection Limit Exceeded", "Somebody is connected to this VM's console; one at a time may be.");
    }

    private Row<Pool> pool() {
        return ThisPool.row(store.snapshot());
    }

    /** How long a console may be idle before jxapid closes it; 0 for no limit. */
    private Duration idleTimeout(Ref<VM> vm) {
        Row<VM> row = store.snapshot().row(vm);
        long seconds = row.get(VM.IS_CONTROL_DOMAIN)
                ? store.snapshot().get(row.get(VM.RESIDENT_ON), Host.CONSOLE_IDLE_TIMEOUT)
                : pool().get(Pool.VM_CONSOLE_IDLE_TIMEOUT);
        return Duration.ofSeconds(Math.max(0, Math.min(seconds, Integer.MAX_VALUE)));
    }

    private Ref<Console> console(RequestHead request, Rights rights) {
        Snapshot now = store.snapshot();
        String uuid = request.query().get("uuid");
        String ref = request.query().get("ref");
        if (uuid != null) {
            return now.byUuid(Console.XEN_CLASS, uuid)
                    .map(Stored::ref)
                    .orElseGet(() -> screen(now, now.byUuid(VM.XEN_CLASS, uuid), "with the uuid " + uuid, rights));
        } else if (ref != null) {
            return now.find(Console.XEN_CLASS.ref(ref))
                    .map(Stored::ref)
                    .orElseGet(() -> screen(now, now.find(VM.XEN_CLASS.ref(ref)), ref, rights));
        }
        throw Refusal.internal("neither ref nor uuid was given");
    }

    /** The VNC console of a VM. */
    private static Ref<Console> screen(Snapshot now, Optional<Stored<VM>> named, String name, Rights rights) {
        Row<VM> vm = named.orElseThrow(() -> Refusal.internal("there is neither a VM nor a console " + name))
                .row();
        if (vm.get(VM.IS_CONTROL_DOMAIN)) {
            requireHostConsole(rights);
            throw new Refusal(404, "Not Found", "The control domain has no VNC console.");
        }
        return vm.get(VM.CONSOLES).stream()
                .filter(each -> now.get(each, Console.PROTOCOL) == ConsoleProtocol.RFB)
                .findFirst()
                .orElseThrow(() -> Refusal.internal("the VM has no VNC console"));
    }

    private static void requireHostConsole(Rights rights) {
        if (!rights.permits(HOST_CONSOLE)) {
            throw Refusal.denied(HOST_CONSOLE);
        }
    }

    private void check(Ref<VM> vm) {
        if (store.snapshot().get(vm, VM.POWER_STATE) != VmPowerState.RUNNING) {
            throw Refusal.internal("the VM is not running");
        }
    }

    private Channel channel(Ref<Console> console, Ref<VM> vm) {
        Snapshot now = store.snapshot();
        boolean terminal = now.get(console, Console.PROTOCOL) == ConsoleProtocol.VT100;
        int domid = Math.toIntExact(now.get(vm, VM.DOMID));
        try {
            GuestConsoles of = consoles.of(hosts.domain(now, vm).hypervisor());
            return terminal ? of.terminal(domid) : of.screen(domid);
        } catch (HypervisorException e) {
            if (e.error() == LibxlError.NOT_READY || !lives(now, vm)) {
                LOG.debug("The console of domain {} is not there now: {}", domid, e.getMessage());
            } else {
                LOG.warn("Console of domain {}: cannot be opened: {}", domid, e.getMessage());
            }
        } catch (NoSuchFileException e) {
            LOG.debug("The terminal of domain {} is gone already: {}", domid, e.getMessage());
        } catch (XenApiException e) {
            LOG.debug("The host of domain {} cannot be asked: {}", domid, e.getMessage());
        } catch (IOException e) {
            LOG.warn("Console of domain {}: cannot be opened: {}", domid, e.getMessage());
        }
        throw new Refusal(404, "Not Found", "The console is not available.");
    }

    /** Versions of libxl report a domain that has just ended differently. */
    private boolean lives(Snapshot now, Ref<VM> vm) {
        VmDomain domain = hosts.domain(now, vm);
        try {
            return domain.hypervisor().domains().list().stream()
                    .anyMatch(each -> each.domid() == domain.domid() && !each.dying());
        } catch (XenApiException e) {
            return false;
        }
    }

    /** Copies both ways until either end is done; this thread takes what the client sends. */
    private static void copy(Channel channel, InputStream in, OutputStream out, IdleWatch watch) throws IOException {
        Thread toClient = new Thread(
                () -> {
                    byte[] buffer = new byte[BLOCK];
                    try {
                        for (int count = channel.read(buffer); count >= 0; count = channel.read(buffer)) {
                            out.write(buffer, 0, count);
                            out.flush();
                        }
                    } catch (IOException e) {
                        LOG.debug("Console client disconnected: {}", e.getMessage());
                    } finally {
                        closeQuietly(out);
                    }
                },
                "console out");
        toClient.setDaemon(true);
        toClient.start();
        byte[] buffer = new byte[BLOCK];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            watch.received(buffer, count);
            channel.write(buffer, 0, count);
        }
    }

    private static void closeQuietly(OutputStream out) {
        try {
            out.close();
        } catch (IOException e) {
            LOG.debug("A console's client did not close: {}", e.getMessage());
        }
    }
}
