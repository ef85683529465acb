package org.jxapi.datasource;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.LinkCounters;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Source;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VM;

/**
 * Network interfaces of the host and of VMs, as upstream's rrdp-netdev names them. Those of the host are its PIFs without
 * VLANs, whose traffic their interface carries.
 */
final class NetworkProbe implements Probe {
    /** The host end of a guest's interface, and that of its emulated card. */
    private static final Pattern VIF = Pattern.compile("(?:vif|tap)(\\d{1,9})\\.(\\d{1,9})(?:-emu)?");

    private static final String AGGREGATE = "aggr";

    /** The sources of an interface. */
    private record Sources(Source rx, Source tx, Source rxErrors, Source txErrors) {
        static Sources of(String prefix, String what) {
            return new Sources(
                    Source.derive(prefix + "_rx", "Bytes that " + what + " receives in a second", "B/s"),
                    Source.derive(prefix + "_tx", "Bytes that " + what + " sends in a second", "B/s"),
                    Source.derive(prefix + "_rx_errors", "Errors of " + what + " when it receives", "err/s")
                            .onDemand(),
                    Source.derive(prefix + "_tx_errors", "Errors of " + what + " when it sends", "err/s")
                            .onDemand());
        }
    }

    private final Hypervisor hypervisor;
    private final Map<String, Sources> physical = new HashMap<>();
    private final Map<String, Sources> virtual = new HashMap<>();

    NetworkProbe(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public void read(Look look, Readings readings) {
        Map<String, LinkCounters> links = hypervisor.statistics().links();
        host(look, links, readings);
        // The kernel sees a guest's interface from the other side.
        Map<Owner, TreeMap<String, LinkCounters>> guests = new HashMap<>();
        links.forEach((name, seen) -> {
            Matcher matcher = VIF.matcher(name);
            Row<VM> vm = matcher.matches() ? look.vms().get(Integer.parseInt(matcher.group(1))) : null;
            if (vm != null) {
                guests.computeIfAbsent(Look.owner(vm), owner -> new TreeMap<>())
                        .merge(matcher.group(2), turned(seen), NetworkProbe::sum);
            }
        });
        guests.forEach((owner, nics) -> nics.forEach((number, counters) -> {
            Sources sources = virtual.computeIfAbsent(number, n -> Sources.of("vif_" + n, "virtual interface " + n));
            add(readings, owner, sources, counters);
        }));
    }

    private void host(Look look, Map<String, LinkCounters> links, Readings readings) {
        Owner host = look.host();
        LinkCounters all = new LinkCounters(0, 0, 0, 0);
        TreeMap<String, LinkCounters> devices = new TreeMap<>();
        for (Stored<PIF> pif : look.snapshot().all(PIF.XEN_CLASS)) {
            LinkCounters counters = links.get(pif.row().get(PIF.DEVICE));
            if (pif.row().get(PIF.VLAN) < 0
                    && counters != null
                    && pif.row().get(PIF.HOST).equals(look.ref())) {
                devices.put(pif.row().get(PIF.DEVICE), counters);
                if (pif.row().get(PIF.PHYSICAL)) {
                    all = sum(all, counters);
                }
            }
        }
        devices.forEach((device, counters) -> add(
                readings,
                host,
                physical.computeIfAbsent(device, d -> Sources.of("pif_" + d, "physical interface " + d)),
                counters));
        if (!devices.isEmpty()) {
            Sources sources = physical.computeIfAbsent(
                    AGGREGATE, d -> Sources.of("pif_" + d, "all physical interfaces together"));
            readings.add(host, sources.rx(), all.rxBytes());
            readings.add(host, sources.tx(), all.txBytes());
        }
    }

    private static void add(Readings readings, Owner owner, Sources sources, LinkCounters counters) {
        readings.add(owner, sources.rx(), counters.rxBytes());
        readings.add(owner, sources.tx(), counters.txBytes());
        readings.add(owner, sources.rxErrors(), counters.rxErrors());
        readings.add(owner, sources.txErrors(), counters.txErrors());
    }

    private static LinkCounters turned(LinkCounters counters) {
        return new LinkCounters(counters.txBytes(), counters.txErrors(), counters.rxBytes(), counters.rxErrors());
    }

    private static LinkCounters sum(LinkCounters one, LinkCounters other) {
        return new LinkCounters(
                one.rxBytes() + other.rxBytes(),
                one.rxErrors() + other.rxErrors(),
                one.txBytes() + other.txBytes(),
                one.txErrors() + other.txErrors());
    }
}
