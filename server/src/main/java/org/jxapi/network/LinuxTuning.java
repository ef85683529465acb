package org.jxapi.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jxapi.xenapi.Errors;

/** Settings of Linux's network devices, through the program {@code ethtool} and {@code /sys}. */
final class LinuxTuning {
    private final IpTool ip;
    private final NetworkTool ethtool;
    private final Path devices;

    /**
     * @param ethtool the command, with what chooses a network namespace
     * @param devices where the kernel lists that namespace's devices
     */
    LinuxTuning(IpTool ip, List<String> ethtool, Path devices) {
        this.ip = ip;
        this.ethtool = new NetworkTool(ethtool);
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
        List<String> arguments = new ArrayList<>(List.of(option, device));
        values.forEach((name, value) -> arguments.addAll(List.of(name, value)));
        ethtool.run(arguments);
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
