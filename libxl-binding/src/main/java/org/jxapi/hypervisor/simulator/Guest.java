package org.jxapi.hypervisor.simulator;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.Xenstore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The guest of a simulated domain: it boots, its agent reports, and it obeys requests or acts on its own. */
public final class Guest {
    private static final Logger LOG = LoggerFactory.getLogger(Guest.class);
    private static final String UPDATED = "data/updated";
    /** When an agent tries again to tell what it could not; real ones take a minute. */
    private static final Duration AGENT_ROUND = Duration.ofSeconds(1);

    private final SimulatorState state;
    private final int domid;

    Guest(SimulatorState state, int domid) {
        this.state = state;
        this.domid = domid;
    }

    /** The guest switches itself off. */
    public void powerOff() {
        end(ShutdownReason.POWEROFF);
    }

    /** The guest reboots itself. */
    public void reboot() {
        end(ShutdownReason.REBOOT);
    }

    /** The guest's kernel panics. */
    public void crash() {
        end(ShutdownReason.CRASH);
    }

    /** The guest's kernel hangs: it obeys no request any more. */
    public void hang() {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            domain.hung = true;
            state.save(domain);
        }
    }

    /** The guest has so much more to do than an idle one, from now on. */
    void work(GuestLoad.Rates rates) {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            domain.setLoad(rates);
            state.save(domain);
        }
    }

    /** The guest unloads its drivers for Xen's disks and nics. */
    public void unloadDrivers() {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            domain.drivers = false;
            state.save(domain);
            DomainDirectory.writeBackends(state.xenstore, domain);
        }
    }

    /** The guest sets its clock so many seconds before or after the host's; an emulated clock keeps that. */
    public void setClock(long seconds) {
        SimulatedDomain domain = state.domain(domid);
        if (domain.type() != DomainKind.HVM) {
            throw new HypervisorException(LibxlError.INVAL, "domain " + domid + " has no emulated clock");
        }
        state.xenstore.write("/vm/" + domain.uuid() + "/rtc/timeoffset", Long.toString(seconds));
    }

    /**
     * The guest's agent writes keys below its domain's directory, or removes those that are null. {@link LibxlError#FAIL},
     * and none is written, when xenstore does not let the guest.
     */
    public void tell(Map<String, @Nullable String> keys) {
        String path = DomainDirectory.of(domid);
        keys.keySet().forEach(key -> state.xenstore.check(domid, path + key));
        keys.forEach((key, value) -> {
            if (value == null) {
                state.xenstore.remove(domid, path + key);
            } else {
                state.xenstore.write(domid, path + key, value);
            }
        });
        state.xenstore.write(domid, path + UPDATED, Long.toString(System.currentTimeMillis()));
    }

    private void end(ShutdownReason reason) {
        SimulatedDomain domain;
        synchronized (state) {
            domain = state.domain(domid);
            if (!domain.runs()) {
                throw new HypervisorException(LibxlError.INVAL, "domain " + domid + " does not run");
            }
            domain.setShutdown(reason);
            state.save(domain);
        }
        state.xenstore.fire(Xenstore.RELEASE_DOMAIN);
        state.tell(new HypervisorEvent.DomainShutdown(domid, domain.uuid(), reason));
    }

    /** The guest, if it runs, reads a request in xenstore, and obeys after a while. */
    void hear() {
        String path = DomainDirectory.of(domid) + "control/shutdown";
        ShutdownReason reason;
        synchronized (state) {
            String request = state.xenstore.read(path).orElse("");
            SimulatedDomain domain = state.domain(domid);
            if (request.isEmpty() || !domain.obeys()) {
                return;
            }
            reason = request.equals("reboot") ? ShutdownReason.REBOOT : ShutdownReason.POWEROFF;
            state.xenstore.write(domid, path, "");
            state.notifyAll();
        }
        obey(reason);
    }

    void obey(ShutdownReason reason) {
        synchronized (state) {
            if (state.domain(domid).hung) {
                return;
            }
        }
        state.after(state.settings.shutdown(), () -> end(reason));
    }

    /** The guest runs for the first time: it connects its devices, and its agent reports after the boot. */
    static void boot(SimulatorState state, SimulatedDomain domain) {
        if (state.settings.boot().isZero()) {
            introduce(state, domain);
        } else {
            state.after(state.settings.boot().dividedBy(2), () -> connect(state, domain));
            state.after(state.settings.boot(), () -> introduce(state, domain));
        }
    }

    /** The guests whose boot ended with the last process report now. */
    static void finishBoots(SimulatorState state) {
        for (SimulatedDomain domain : state.all()) {
            if (domain.runs() && !talked(state, domain.domid)) {
                introduce(state, domain);
            }
        }
    }

    /** Whether the domain's agent has talked. */
    static boolean talked(SimulatorState state, int domid) {
        return state.xenstore.read(DomainDirectory.of(domid) + UPDATED).isPresent();
    }

    private static boolean connect(SimulatorState state, SimulatedDomain domain) {
        synchronized (state) {
            if (state.domains.get(domain.domid) != domain) {
                return false;
            }
            if (!domain.connected) {
                domain.connected = true;
                state.save(domain);
                DomainDirectory.writeBackends(state.xenstore, domain);
            }
            return true;
        }
    }

    /** The reports of stock agents, and the features that a kernel announces. */
    static void introduce(SimulatorState state, SimulatedDomain domain) {
        if (!connect(state, domain)) {
            return;
        }
        Map<String, String> data = new LinkedHashMap<>();
        data.put("attr/PVAddons/MajorVersion", "8");
        data.put("attr/PVAddons/MinorVersion", "4");
        data.put("attr/PVAddons/MicroVersion", "0");
        data.put("attr/PVAddons/BuildVersion", "1");
        data.put("attr/os/class", "linux");
        data.put("data/os_distro", "debian");
        data.put("data/os_majorver", "12");
        data.put("data/os_minorver", "0");
        data.put("data/os_uname", "6.1.0");
        data.put("data/os_name", "Debian GNU/Linux 12 (simulated)");
        for (String feature : new String[] {"suspend", "poweroff", "reboot", "shutdown", "vcpu-hotplug", "balloon"}) {
            data.put("control/feature-" + feature, "1");
        }
        data.put("data/meminfo_total", Long.toString(domain.currentKib));
        data.put("data/meminfo_free", Long.toString(domain.currentKib / 2));
        int devid = 0;
        for (NicConfig nic : domain.config.nics()) {
            int id = nic.devid() == null ? devid : nic.devid();
            data.put("attr/vif/" + id + "/ipv4/0", "10.0." + domain.domid % 250 + "." + (id + 10));
            devid++;
        }
        data.put(UPDATED, Long.toString(System.currentTimeMillis()));
        write(state, domain, data);
        new Guest(state, domain.domid).hear();
    }

    /** Writes what xenstore lets the guest write; as agents do, it tries the rest again later. */
    private static void write(SimulatorState state, SimulatedDomain domain, Map<String, String> data) {
        String path = DomainDirectory.of(domain.domid);
        Map<String, String> refused = new LinkedHashMap<>();
        data.forEach((key, value) -> {
            try {
                state.xenstore.write(domain.domid, path + key, value);
            } catch (HypervisorException e) {
                LOG.debug("A guest cannot tell {}: {}", key, e.getMessage());
                refused.put(key, value);
            }
        });
        if (!refused.isEmpty()) {
            state.after(AGENT_ROUND, () -> {
                if (state.domain(domain.domid) == domain) {
                    write(state, domain, refused);
                }
            });
        }
    }
}
