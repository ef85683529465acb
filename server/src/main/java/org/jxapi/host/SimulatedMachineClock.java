package org.jxapi.host;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.xenapi.HostNtpMode;

/** The clock of a simulated machine: it may differ from the daemon's, and its servers always answer. */
final class SimulatedMachineClock implements MachineClock {
    private static final String SERVER = "ntp.simulator.invalid";

    private final LocalSettings settings;

    SimulatedMachineClock(LocalSettings settings) {
        this.settings = settings;
    }

    @Override
    public Optional<Found> found() {
        return Optional.empty();
    }

    @Override
    public void setTimezone(String zone) {
        // The host's record has it.
    }

    @Override
    public void setTime(Instant now, Instant time, HostNtpMode mode) throws IOException {
        if (mode != HostNtpMode.DISABLED) {
            throw new IOException("Automatic time synchronization is enabled");
        }
        settings.put(
                LocalSettings.CLOCK_AHEAD,
                Long.toString(Duration.between(now, time).toMillis()));
    }

    @Override
    public Duration ahead() {
        return Duration.ofMillis(Long.parseLong(settings.get(LocalSettings.CLOCK_AHEAD, "0")));
    }

    @Override
    public void follow(HostNtpMode mode, List<String> custom) {
        if (mode != HostNtpMode.DISABLED) {
            settings.put(LocalSettings.CLOCK_AHEAD, "0");
        }
    }

    @Override
    public Map<String, String> servers(HostNtpMode mode, List<String> custom) {
        Map<String, String> servers = new LinkedHashMap<>();
        if (mode == HostNtpMode.CUSTOM) {
            custom.forEach(server -> servers.put(server, servers.isEmpty() ? "synced" : "combined"));
        } else if (mode != HostNtpMode.DISABLED) {
            servers.put(SERVER, "synced");
        }
        return servers;
    }

    @Override
    public boolean synchronised(HostNtpMode mode) {
        return mode != HostNtpMode.DISABLED;
    }
}
