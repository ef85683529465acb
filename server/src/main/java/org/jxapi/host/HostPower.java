package org.jxapi.host;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
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
 * Enabling, disabling, switching off and restarting the host. A simulated host does the same in the simulator: its VMs
 * stop, it is not live any more, and it is back after a restart; after a shutdown it is back when jxapid starts again.
 */
public final class HostPower {
    private static final Logger LOG = LoggerFactory.getLogger(HostPower.class);

    private final Store store;
    private final Operations operations;
    private final MachineControl machine;
    private final LocalSettings settings;
    private final Clock clock;
    private final Executor workers;
    private final Runnable stopGuests;
    /** Set when the machine goes down: nobody enables the host before it is up again. */
    private final AtomicBoolean goingDown = new AtomicBoolean();

    public HostPower(
            Store store,
            Operations operations,
            MachineControl machine,
            LocalSettings settings,
            Clock clock,
            Executor workers,
            Runnable stopGuests) {
        this.store = store;
        this.operations = operations;
        this.machine = machine;
        this.settings = settings;
        this.clock = clock;
        this.workers = workers;
        this.stopGuests = stopGuests;
    }

    void enable(Ref<Host> host) {
        store.snapshot().require(host);
        if (goingDown.get()) {
            throw Errors.hostDisabledUntilReboot(host.value());
        }
        HostRules.check(store.snapshot(), host, HostAllowedOperations.ENABLE);
        settings.put(LocalSettings.AUTO_ENABLE, "true");
        store.change(tx -> tx.set(host, Host.ENABLED, true));
    }

    void disable(Ref<Host> host, boolean autoEnable) {
        store.snapshot().require(host);
        if (!autoEnable) {
            settings.put(LocalSettings.AUTO_ENABLE, "false");
        }
        store.change(tx -> tx.set(host, Host.ENABLED, false));
    }

    /** Begins to go down and returns; the VMs are stopped first. */
    void down(Call call, Ref<Host> host, HostAllowedOperations how) {
        Operation operation = operations.begin(call, host, how, tx -> HostRules.check(tx, host, how));
        goingDown.set(true);
        workers.execute(() -> {
            try (operation) {
                stopGuests.run();
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
                goingDown.set(false);
            }
        });
    }

    /** The simulated host is up again. */
    private void comeBack(Ref<Host> host) {
        goingDown.set(false);
        store.change(tx -> {
            tx.set(tx.get(host, Host.METRICS), HostMetrics.LIVE, true);
            Map<String, String> config = new LinkedHashMap<>(tx.get(host, Host.OTHER_CONFIG));
            config.put("boot_time", clock.instant().getEpochSecond() + ".");
            tx.set(host, Host.OTHER_CONFIG, config);
            tx.set(
                    host,
                    Host.ENABLED,
                    !settings.get(LocalSettings.AUTO_ENABLE, "true").equals("false"));
        });
    }
}
