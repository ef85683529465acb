package org.jxapi.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostFacts;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.Machine;
import org.jxapi.boot.SimulatedAddresses;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.diagnosis.HostFiles;
import org.jxapi.host.HostDaemon;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.SettingsFile;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.network.HostNetwork;
import org.jxapi.simulator.WorldFile;
import org.jxapi.store.SafeFile;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;

/**
 * Another simulated host than the coordinator.
 *
 * @param folder what it keeps on disk
 * @param uuid of its record
 * @param settings those that are not in the pool's database
 */
record PoolMember(
        Path folder,
        String uuid,
        SimulatedHypervisor hypervisor,
        Machine machine,
        HostNetwork network,
        LocalSettings settings) {

    /** The members of the data folder's world. */
    static List<PoolMember> all(Settings settings) throws IOException {
        List<PoolMember> all = new ArrayList<>();
        WorldFile world = SimulatedWorld.of(settings);
        if (world != null) {
            for (int number = 2; number <= world.hosts().size(); number++) {
                all.add(open(settings, world.hosts().get(number - 1), number));
            }
        }
        return all;
    }

    private static PoolMember open(Settings settings, WorldFile.Host host, int number) throws IOException {
        Path folder = Files.createDirectories(
                settings.dataDir().resolve("simulator").resolve("hosts").resolve(Integer.toString(number)));
        Path named = folder.resolve("uuid");
        if (!Files.exists(named)) {
            String fresh = FreshIds.uuid("host").toString();
            SafeFile.write(named, fresh.getBytes(StandardCharsets.UTF_8));
        }
        Machine machine = Hypervisors.machine(host, "127.0.0." + number);
        return new PoolMember(
                folder,
                Files.readString(named).strip(),
                Hypervisors.simulated(settings, host, folder),
                machine,
                Hypervisors.network(machine),
                new SettingsFile(folder));
    }

    /** Brings its records up to date, and makes them at its first start. */
    Ref<Host> join(Store store, FirstBoot boot, Path data) {
        HostFacts facts = HostReader.read(hypervisor, machine, network.filters());
        facts = facts.named(settings.get(LocalSettings.HOSTNAME, facts.hostname()));
        Optional<Ref<Host>> known =
                store.snapshot().byUuid(Host.XEN_CLASS, uuid).map(Stored::ref);
        boolean enabled = settings.get(LocalSettings.AUTO_ENABLE, "true").equals("true");
        Path storage = data.resolve("sr").resolve("host-" + folder.getFileName());
        return boot.join(uuid, SimulatedAddresses.kept(store.snapshot(), known, facts), enabled, storage);
    }

    /** @param files those of this daemon */
    HostParts.Parts parts(Settings options, HostFiles files) {
        HostDaemon daemon = HostParts.daemon(options, true, new SimulatedAgent(machine.hostname()));
        SimulatedMember none = SimulatedMember.WITHOUT_LISTENERS;
        return HostParts.Parts.of(hypervisor, network, settings, options.hostConsole(), files, daemon, none, none);
    }
}
