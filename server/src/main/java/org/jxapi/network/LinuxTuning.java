package org.jxapi.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jxapi.program.Program;
import org.jxapi.xenapi.Errors;

/** Settings of Linux's network devices, through the program {@code ethtool} and {@code /sys}. */
final class LinuxTuning {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final IpTool ip;
    private final List<String> ethtool;
    private final Path devices;

    /**
     * @param ethtool the command, with what chooses a network namespace
     * @param devices where the kernel lists that namespace's devices
     */
    LinuxTuning(IpTool ip, List<String> ethtool, Path devices) {
        this.ip = ip;
        this.ethtool = ethtool;
        this.devices = devices;
    }

    void tune(String device, DeviceTuning tuning) {
        if (tuning.mtu() > 0) {
            ip.run("link", "set", "dev", device, "mtu", Integer.toString(tuning.mtu()));
        }
        run("-s", device, tuning.settings());
        run("-K", device, tuning.offload());
    }

    private void run(String option, String device, Map<String, String> values) {
        if (values.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(ethtool);
        command.addAll(List.of(option, device));
        values.forEach((name, value) -> command.addAll(List.of(name, value)));
        try {
            Program.of(command).within(LIMIT).run();
        } catch (IOException e) {
            throw Errors.internalError(String.join(" ", command) + ": " + e.getMessage())
                    .causedBy(e);
        }
    }

    /** XenServer's kernel has the setting; in others, the file is missing. */
    void promiscuous(String device, boolean on) {
        Path setting = devices.resolve(device).resolve("brport").resolve("promisc");
        if (!Files.exists(setting)) {
            throw Errors.internalError(device + ": this kernel's bridges have no promiscuous ports: " + setting);
        }
        try {
            Files.writeString(setting, on ? "1" : "0");
        } catch (IOException e) {
            throw Errors.internalError(setting + ": " + e.getMessage()).causedBy(e);
        }
    }
}
