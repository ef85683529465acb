package org.jxapi.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.program.Program;
import org.jxapi.store.SafeFile;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.HostNtpMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clock of a host with systemd, through {@code timedatectl}. Servers are set for systemd-timesyncd only. */
final class LinuxClock implements MachineClock {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxClock.class);
    private static final Path TIMESYNCD = Path.of("/usr/lib/systemd/systemd-timesyncd");
    private static final Path SERVERS = Path.of("/etc/systemd/timesyncd.conf.d/jxapi.conf");

    private static String timedatectl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("timedatectl"));
        command.addAll(List.of(arguments));
        return Program.of(command).run().strip();
    }

    @Override
    public Optional<Found> found() {
        List<String> servers = custom();
        HostNtpMode mode = servers.isEmpty() ? HostNtpMode.FACTORY : HostNtpMode.CUSTOM;
        try {
            if (!timedatectl("show", "--property=NTP", "--value").equals("yes")) {
                mode = HostNtpMode.DISABLED;
            }
        } catch (IOException e) {
            LOG.warn("Time servers: not known: {}", e.getMessage());
            mode = HostNtpMode.DISABLED;
        }
        return Optional.of(new Found(ZoneId.systemDefault().getId(), mode, servers));
    }

    private static List<String> custom() {
        try {
            if (!Files.exists(SERVERS)) {
                return List.of();
            }
            return Files.readAllLines(SERVERS).stream()
                    .filter(line -> line.startsWith("NTP=") && line.length() > "NTP=".length())
                    .flatMap(line -> List.of(line.substring("NTP=".length()).split(" ")).stream())
                    .toList();
        } catch (IOException e) {
            LOG.warn("Time servers: not known: {}", e.getMessage());
            return List.of();
        }
    }

    @Override
    public void setTimezone(String zone) throws IOException {
        timedatectl("set-timezone", zone);
    }

    @Override
    public void setTime(Instant now, Instant time, HostNtpMode mode) throws IOException {
        timedatectl("set-time", "@" + time.getEpochSecond());
    }

    @Override
    public Duration ahead() {
        return Duration.ZERO;
    }

    @Override
    public void follow(HostNtpMode mode, List<String> custom) throws IOException {
        if (mode == HostNtpMode.DISABLED) {
            timedatectl("set-ntp", "false");
            return;
        }
        if (mode == HostNtpMode.DHCP) {
            throw Errors.invalidNtpConfig("The host's own DHCP client decides about the servers that it is given");
        }
        if (!Files.isExecutable(TIMESYNCD)) {
            throw Errors.invalidNtpConfig(
                    "Servers are set for systemd-timesyncd only; those of another service are set on the host");
        }
        if (mode == HostNtpMode.CUSTOM) {
            Files.createDirectories(SERVERS.getParent());
            // The empty values take away the servers of the distribution.
            String text = "# Written by jxapid: host.set_ntp_custom_servers\n[Time]\nNTP=\nNTP="
                    + String.join(" ", custom) + "\nFallbackNTP=\n";
            SafeFile.writeForAll(SERVERS, text.getBytes(StandardCharsets.UTF_8));
        } else {
            Files.deleteIfExists(SERVERS);
        }
        timedatectl("set-ntp", "true");
        Program.of(List.of("systemctl", "restart", "systemd-timesyncd.service")).run();
    }

    @Override
    public Map<String, String> servers(HostNtpMode mode, List<String> custom) throws IOException {
        if (mode == HostNtpMode.DISABLED || !Files.isExecutable(TIMESYNCD)) {
            return Map.of();
        }
        String server = timedatectl("show-timesync", "--property=ServerName", "--value");
        return server.isEmpty() ? Map.of() : Map.of(server, synchronised(mode) ? "synced" : "unreachable");
    }

    @Override
    public boolean synchronised(HostNtpMode mode) throws IOException {
        return timedatectl("show", "--property=NTPSynchronized", "--value").equals("yes");
    }
}
