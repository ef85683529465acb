package org.jxapi.host;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.local.PerHost;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;
import org.jxapi.xenapi.HostMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enabling, disabling, switching off and restarting hosts. A simulated host does the same in the simulator: its VMs
 * stop, it is not live any more, and it is back after a restart; after a shutdown it is back when jxapid starts again.
 */
public final class HostPower {
    private static final Logger LOG = LoggerFactory.getLogger(HostPower.class);

    private final Store store;
    private final Operations operations;
    private final PerHost<MachineControl> machines;
    private final PerHost<LocalSettings> settings;
    private final Clock clock;
    private final Executor workers;
    private final Consumer<Ref<Host>> stopGuests;
    /** Hosts whose machines are going down. They cannot be enabled before they are up again. */
    private final Set<Ref<Host>> goingDown = ConcurrentHashMap.newKeySet();

    public HostPower(
            Store store,
            Operations operations,
            PerHost<MachineControl> machines,
            PerHost<LocalSettings> settings,
            Clock clock,
            Executor workers,
            Consumer<Ref<Host>> stopGuests) {
        this.store = store;
        this.operations = operations;
        this.machines = machines;
        this.settings = settings;
        this.clock = clock;
        this.workers = workers;
        this.stopGuests = stopGuests;
    }

    void enable(Ref<Host> host) {
        store.snapshot().require(host);
        if (goingDown.contains(host)) {
            throw Errors.hostDisabledUntilReboot(host.value());
        }
        HostRules.check(store.snapshot(), host, HostAllowedOperations.ENABLE);
        settings.of(host).put(LocalSettings.AUTO_ENABLE, "true");
        store.change(tx -> tx.set(host, Host.ENABLED, true));
    }

    void disable(Ref<Host> host, boolean autoEnable) {
        store.snapshot().require(host);
        if (!autoEnable) {
            settings.of(host).put(LocalSettings.AUTO_ENABLE, "false");
        }
        store.change(tx -> tx.set(host, Host.ENABLED, false));
    }

    /** Begins to go down and returns; the VMs are stopped first. */
    void down(Call call, Ref<Host> host, HostAllowedOperations how) {
        Operation operation = operations.begin(call, host, how, tx -> HostRules.check(tx, host, how));
        MachineControl machine = machines.of(host);
        goingDown.add(host);
        workers.execute(() -> {
            try (operation) {
                stopGuests.accept(host);
                boolean restart = how == HostAllowedOperations.REBOOT;
                if (restart) {
                    machine.restart();
                } else {
                    machine.powerOff();
                }
                if (!machine.real()) {
                    operation.finish(tx -> tx.set(tx.get(host, Host.METRICS), HostMetrics.LIVE, false));
                    if (restart) {
                        comeBack(host);
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.error("Host: shutdown failed", e);
                goingDown.remove(host);
            }
        });
    }

    /** The simulated host is up again. */
    private void comeBack(Ref<Host> host) {
        goingDown.remove(host);
        store.change(tx -> {
            tx.set(tx.get(host, Host.METRICS), HostMetrics.LIVE, true);
            Map<String, String> config = new LinkedHashMap<>(tx.get(host, Host.OTHER_CONFIG));
            config.put("boot_time", clock.instant().getEpochSecond() + ".");
            tx.set(host, Host.OTHER_CONFIG, config);
            tx.set(
                    host,
                    Host.ENABLED,
                    !settings.of(host).get(LocalSettings.AUTO_ENABLE, "true").equals("false"));
        });
    }
}
