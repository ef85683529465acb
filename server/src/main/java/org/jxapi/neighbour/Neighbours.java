package org.jxapi.neighbour;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.local.Hosts;
import org.jxapi.storage.Disks;
import org.jxapi.store.Store;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.Errors;

/** Constructs what jxapi offers to users of xl and libvirt. */
public final class Neighbours {
    /** The name of the plug-in of host.call_plugin, which only pool-admins may call. It is jxapi's own. */
    public static final String PLUGIN = "jxapi-neighbour";

    private static final Path PROC = Path.of("/proc");
    private static final Path LOGS = Path.of("/var/log/xen");
    private static final Path LIBVIRT = Path.of("/run/libvirt/libxl");
    private static final Set<String> ADOPT = Set.of("vm", "force");

    private final Store store;
    private final Hosts hosts;
    private final Disks disks;
    private final DomainConfigs configs;
    private final Path devices;
    private final Clock clock;
    private final LiveDomains live;
    private final AtomicReference<@Nullable Dispatcher> dispatcher = new AtomicReference<>();

    /** @param devices a folder for links to devices that become disks */
    public Neighbours(Store store, Hosts hosts, Disks disks, DomainConfigs configs, Path devices, Clock clock) {
        this.store = store;
        this.hosts = hosts;
        this.disks = disks;
        this.configs = configs;
        this.devices = devices;
        this.clock = clock;
        this.live = new LiveDomains(store, hosts, disks, devices, new Watchers(PROC, LOGS, LIBVIRT));
    }

    /** The formats of imports and exports. From now on the plug-in can work, too. */
    public VmFormats formats(Dispatcher calls) {
        dispatcher.set(calls);
        return new VmFormats(
                List.of(new ConfigImport(store, calls, disks, devices, clock)),
                Map.of(
                        "xl", new ConfigExport(store, configs, hosts, ConfigExport.Form.XL),
                        "libvirt", new ConfigExport(store, configs, hosts, ConfigExport.Form.LIBVIRT)));
    }

    /**
     * The plug-in: {@code adopt} takes over the running domain that another tool has made, and {@code release} leaves a
     * running VM to other tools. Both take the UUID of the VM in {@code vm}, and return a report.
     */
    public String call(String function, Map<String, String> args) {
        args.keySet().stream().filter(key -> !ADOPT.contains(key)).findFirst().ifPresent(key -> {
            throw Errors.invalidValue("args", key);
        });
        String vm = args.getOrDefault("vm", "");
        return switch (function) {
            case "adopt" -> {
                Dispatcher calls = dispatcher.get();
                if (calls == null) {
                    throw Errors.hostStillBooting();
                }
                yield live.adopt(calls, vm, "true".equals(args.get("force")));
            }
            case "release" -> live.release(vm);
            default -> throw new XenApiException("UNKNOWN_XENAPI_PLUGIN_FUNCTION", List.of(function));
        };
    }
}
