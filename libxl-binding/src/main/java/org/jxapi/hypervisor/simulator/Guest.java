package org.jxapi.hypervisor.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.Xenstore;

/** What runs in a simulated domain: it boots, its agent talks, and it obeys, or does things on its own. */
public final class Guest {
    private final World world;
    private final int domid;

    Guest(World world, int domid) {
        this.world = world;
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
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            domain.hung = true;
            world.save(domain);
        }
    }

    private void end(ShutdownReason reason) {
        SimulatedDomain domain;
        synchronized (world) {
            domain = world.domain(domid);
            if (!domain.runs()) {
                throw new HypervisorException(LibxlError.INVAL, "domain " + domid + " does not run");
            }
            domain.setShutdown(reason);
            world.save(domain);
        }
        world.xenstore.fire(Xenstore.RELEASE_DOMAIN);
        world.tell(new HypervisorEvent.DomainShutdown(domid, domain.uuid(), reason));
    }

    /** The guest, if it runs, hears what it is asked in xenstore, and obeys after a while. */
    void hear() {
        String path = SimulatedDomains.home(domid) + "control/shutdown";
        ShutdownReason reason;
        synchronized (world) {
            String request = world.xenstore.read(path).orElse("");
            SimulatedDomain domain = world.domain(domid);
            if (request.isEmpty() || !domain.obeys()) {
                return;
            }
            reason = request.equals("reboot") ? ShutdownReason.REBOOT : ShutdownReason.POWEROFF;
            world.xenstore.write(path, "");
            world.notifyAll();
        }
        obey(reason);
    }

    void obey(ShutdownReason reason) {
        synchronized (world) {
            if (world.domain(domid).hung) {
                return;
            }
        }
        world.after(world.settings.shutdown(), () -> end(reason));
    }

    /** The guest has been let run for the first time: after its boot its agent tells what it is. */
    static void boot(World world, SimulatedDomain domain) {
        if (world.settings.boot().isZero()) {
            introduce(world, domain);
        } else {
            world.after(world.settings.boot(), () -> introduce(world, domain));
        }
    }

    static void introduce(World world, SimulatedDomain domain) {
        synchronized (world) {
            if (world.domains.get(domain.domid) != domain) {
                return;
            }
        }
        String path = "/local/domain/" + domain.domid + "/";
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
        data.forEach((key, value) -> world.xenstore.write(path + key, value));
        world.xenstore.write(path + "data/updated", Long.toString(System.currentTimeMillis()));
        new Guest(world, domain.domid).hear();
    }
}
