package org.jxapi.host;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenTime;
import org.jxapi.local.PerHost;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostNtpMode;

/** The time of hosts: their clocks, time zones and time servers. Failures of the machine are INTERNAL_ERROR. */
public final class HostTime {
    private static final Pattern SERVER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.:-]{0,252}");

    private final Store store;
    private final PerHost<MachineControl> machines;
    private final Clock clock;

    public HostTime(Store store, PerHost<MachineControl> machines, Clock clock) {
        this.store = store;
        this.machines = machines;
        this.clock = clock;
    }

    private interface Work<T> {
        T run(MachineClock of) throws IOException;
    }

    private <T> T on(Ref<Host> host, Work<T> work) {
        store.snapshot().require(host);
        try {
            return work.run(machines.of(host).clock());
        } catch (IOException e) {
            throw Errors.internalError(String.valueOf(e.getMessage())).causedBy(e);
        }
    }

    /** Shows the settings that were made on the machine itself. */
    public void start(Ref<Host> host) {
        machines.of(host)
                .clock()
                .found()
                .ifPresent(found -> store.change(tx -> {
                    tx.set(host, Host.TIMEZONE, found.zone());
                    tx.set(host, Host.NTP_MODE, found.mode());
                    if (found.mode() == HostNtpMode.CUSTOM) {
                        tx.set(host, Host.NTP_CUSTOM_SERVERS, found.servers());
                    }
                }));
    }

    private Instant now(Ref<Host> host) {
        return on(host, machine -> clock.instant().plus(machine.ahead()));
    }

    XenTime utc(Ref<Host> host) {
        return XenTime.of(now(host));
    }

    XenTime local(Ref<Host> host) {
        Instant now = now(host);
        String zone = store.snapshot().get(host, Host.TIMEZONE);
        ZoneOffset offset = ZoneId.of(known(zone) ? zone : "UTC").getRules().getOffset(now);
        return XenTime.of(now.plusSeconds(offset.getTotalSeconds()));
    }

    private static boolean known(String zone) {
        return ZoneId.getAvailableZoneIds().contains(zone);
    }

    void setTimezone(Ref<Host> host, String zone) {
        store.snapshot().require(host);
        if (!known(zone)) {
            throw Errors.invalidValue("timezone", zone);
        }
        on(host, machine -> {
            machine.setTimezone(zone);
            return zone;
        });
        store.change(tx -> tx.set(host, Host.TIMEZONE, zone));
    }

    void setTime(Ref<Host> host, XenTime time) {
        Row<Host> row = store.snapshot().row(host);
        if (time.zone().isEmpty() || time.zone().equals("-")) {
            throw Errors.internalError("Missing timezone offset in value");
        }
        on(host, machine -> {
            machine.setTime(clock.instant(), time.instant(), row.get(Host.NTP_MODE));
            return time;
        });
    }

    void setMode(Ref<Host> host, HostNtpMode mode) {
        Row<Host> row = store.snapshot().row(host);
        if (row.get(Host.NTP_MODE) == mode) {
            return;
        }
        List<String> custom = row.get(Host.NTP_CUSTOM_SERVERS);
        if (mode == HostNtpMode.CUSTOM && custom.isEmpty()) {
            throw Errors.invalidNtpConfig("Can't set ntp_mode to Custom when ntp_custom_servers is empty");
        }
        follow(host, mode, custom);
        store.change(tx -> tx.set(host, Host.NTP_MODE, mode));
    }

    void setServers(Ref<Host> host, List<String> servers) {
        Row<Host> row = store.snapshot().row(host);
        boolean used = row.get(Host.NTP_MODE) == HostNtpMode.CUSTOM;
        if (used && servers.isEmpty()) {
            throw Errors.invalidNtpConfig("Can't set ntp_custom_servers empty when ntp_mode is Custom");
        }
        for (String server : servers) {
            // They are written to a file of the host.
            if (!SERVER.matcher(server).matches()) {
                throw Errors.invalidValue("ntp_custom_servers", server);
            }
        }
        if (used) {
            follow(host, HostNtpMode.CUSTOM, servers);
        }
        store.change(tx -> tx.set(host, Host.NTP_CUSTOM_SERVERS, List.copyOf(servers)));
    }

    private void follow(Ref<Host> host, HostNtpMode mode, List<String> servers) throws XenApiException {
        on(host, machine -> {
            machine.follow(mode, servers);
            return mode;
        });
    }

    Map<String, String> servers(Ref<Host> host) {
        Row<Host> row = store.snapshot().row(host);
        return on(host, machine -> machine.servers(row.get(Host.NTP_MODE), row.get(Host.NTP_CUSTOM_SERVERS)));
    }

    boolean synchronised(Ref<Host> host) {
        Row<Host> row = store.snapshot().row(host);
        return on(host, machine -> machine.synchronised(row.get(Host.NTP_MODE)));
    }
}
