package org.jxapi.host;

import java.io.IOException;
import java.time.Clock;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenTime;
import org.jxapi.local.PerHost;
import org.jxapi.local.Unreachable;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logins to hosts over SSH and on their consoles, as XAPI's clients switch them. */
public final class HostLogins {
    private static final Logger LOG = LoggerFactory.getLogger(HostLogins.class);
    /** Two days. */
    private static final long LONGEST = 172_800;

    private final Store store;
    private final PerHost<MachineControl> machines;
    private final PerHost<LocalSettings> settings;
    private final Clock clock;

    public HostLogins(Store store, PerHost<MachineControl> machines, PerHost<LocalSettings> settings, Clock clock) {
        this.store = store;
        this.machines = machines;
        this.settings = settings;
        this.clock = clock;
    }

    private interface Work {
        void run(MachineLogins logins) throws IOException;
    }

    private void on(Ref<Host> host, String failure, Work work) {
        store.snapshot().require(host);
        try {
            work.run(machines.of(host).logins());
        } catch (IOException e) {
            throw Errors.internalError(failure + ": " + e.getMessage()).causedBy(e);
        }
    }

    /** Shows whether SSH is on, on the machine itself, and sets the end of idle consoles. */
    public void start(Ref<Host> host) {
        long idle = store.snapshot().get(host, Host.CONSOLE_IDLE_TIMEOUT);
        try {
            if (idle > 0) {
                setIdleTimeout(host, idle);
            }
        } catch (XenApiException e) {
            if (Unreachable.is(e)) {
                throw e;
            }
            LOG.error("Idle consoles stay open: {}", e.getMessage());
        }
        machines.of(host).logins().found().ifPresent(on -> store.change(tx -> tx.set(host, Host.SSH_ENABLED, on)));
    }

    /** Switches SSH off where its time is over; called every few seconds. */
    public void look() {
        for (Stored<Host> host : store.snapshot().all(Host.XEN_CLASS)) {
            XenTime expiry = host.row().get(Host.SSH_EXPIRY);
            boolean limited = !expiry.equals(XenTime.NEVER) && host.row().get(Host.SSH_ENABLED);
            if (limited && !clock.instant().isBefore(expiry.instant())) {
                try {
                    switchOff(host.ref());
                    if (Boolean.parseBoolean(settings.of(host.ref()).get(LocalSettings.SSH_AUTO_MODE, "false"))) {
                        setAutoMode(host.ref(), true);
                    }
                } catch (XenApiException e) {
                    if (Unreachable.is(e)) {
                        LOG.debug("SSH stays on until the host can be reached: {}", e.getMessage());
                    } else {
                        LOG.error("SSH stays on: {}", e.getMessage());
                    }
                }
            }
        }
    }

    public void enable(Ref<Host> host) {
        Row<Host> before = store.snapshot().row(host);
        boolean auto = before.get(Host.SSH_AUTO_MODE);
        setAutoMode(host, false);
        settings.of(host).put(LocalSettings.SSH_AUTO_MODE, Boolean.toString(auto));
        on(host, "Failed to enable SSH access, host: " + host.value(), logins -> logins.ssh(true, true));
        store.change(tx -> {
            tx.set(host, Host.SSH_ENABLED, true);
            tx.set(host, Host.SSH_EXPIRY, expiry(tx.get(host, Host.SSH_ENABLED_TIMEOUT)));
        });
    }

    private XenTime expiry(long seconds) {
        return seconds == 0 ? XenTime.NEVER : XenTime.of(clock.instant().plusSeconds(seconds));
    }

    public void disable(Ref<Host> host) {
        switchOff(host);
        store.change(tx -> tx.set(host, Host.SSH_EXPIRY, XenTime.of(clock.instant())));
    }

    private void switchOff(Ref<Host> host) {
        boolean lasting = !store.snapshot().get(host, Host.SSH_AUTO_MODE);
        on(host, "Failed to disable SSH access, host: " + host.value(), logins -> logins.ssh(false, lasting));
        store.change(tx -> tx.set(host, Host.SSH_ENABLED, false));
    }

    public void setTimeout(Ref<Host> host, long seconds) {
        if (seconds < 0 || seconds > LONGEST) {
            throw Errors.invalidValue("ssh_enabled_timeout", Long.toString(seconds));
        }
        store.change(tx -> {
            tx.set(host, Host.SSH_ENABLED_TIMEOUT, seconds);
            if (tx.get(host, Host.SSH_ENABLED)) {
                tx.set(host, Host.SSH_EXPIRY, expiry(seconds));
            }
        });
    }

    public void setAutoMode(Ref<Host> host, boolean value) {
        on(host, "Failed to configure SSH auto mode", logins -> logins.watch(value));
        store.change(tx -> tx.set(host, Host.SSH_AUTO_MODE, value));
    }

    public void setIdleTimeout(Ref<Host> host, long seconds) {
        if (seconds < 0) {
            throw Errors.invalidValue("console_timeout", Long.toString(seconds));
        }
        on(host, "Failed to set console timeout: " + seconds, logins -> logins.idleTimeout(seconds));
        store.change(tx -> tx.set(host, Host.CONSOLE_IDLE_TIMEOUT, seconds));
    }
}
