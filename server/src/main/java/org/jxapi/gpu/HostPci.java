package org.jxapi.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;

/** The PCI devices of a host, as its control domain uses them. */
public interface HostPci {
    /** The names of the driver that keeps devices for guests. */
    List<String> KEEPERS = List.of("pciback", "xen-pciback");

    /** Whether a device is kept for guests now. */
    boolean isHidden(String address);

    /** Identifies the boot of the control domain. */
    String boot();

    /**
     * The disk with the root file system.
     *
     * @param address the PCI device that it is on
     * @param path its device file
     */
    record Root(String address, String path) {}

    /** Empty when it is on no PCI device. */
    Optional<Root> root();

    /** That of this machine. */
    static HostPci linux() {
        return new Linux(Path.of("/"));
    }

    /** That of a simulated machine, which boots when jxapid starts. */
    static HostPci simulated(SimulatedHypervisor machine) {
        String boot = UUID.randomUUID().toString();
        return new HostPci() {
            @Override
            public boolean isHidden(String address) {
                return machine.devices().pciAssignableList().stream()
                        .map(PciConfig::bdf)
                        .anyMatch(address::equals);
            }

            @Override
            public String boot() {
                return boot;
            }

            @Override
            public Optional<Root> root() {
                return Optional.empty();
            }
        };
    }

    /** @param top where /sys and /proc are */
    record Linux(Path top) implements HostPci {
        @Override
        public boolean isHidden(String address) {
            Path driver = top.resolve("sys/bus/pci/devices").resolve(address).resolve("driver");
            try {
                return KEEPERS.contains(
                        Files.readSymbolicLink(driver).getFileName().toString());
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public String boot() {
            return text("proc/sys/kernel/random/boot_id").strip();
        }

        @Override
        public Optional<Root> root() {
            for (String line : text("proc/self/mountinfo").split("\n")) {
                String[] fields = line.split(" ");
                int separator = List.of(fields).indexOf("-");
                if (fields.length > 5 && fields[4].equals("/") && separator > 0 && separator + 2 < fields.length) {
                    String path = fields[separator + 2];
                    return address(top.resolve("sys/dev/block").resolve(fields[2]))
                            .map(address -> new Root(address, path));
                }
            }
            return Optional.empty();
        }

        /** The PCI device of a disk: of one that is made of others, such as a logical volume, that of the first. */
        private static Optional<String> address(Path disk) {
            try {
                Path real = disk.toRealPath();
                String found = null;
                for (Path step : real) {
                    if (step.toString().matches("[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]")) {
                        found = step.toString();
                    }
                }
                if (found != null) {
                    return Optional.of(found);
                }
                List<Path> parts = new ArrayList<>();
                try (DirectoryStream<Path> all = Files.newDirectoryStream(real.resolve("slaves"))) {
                    all.forEach(parts::add);
                }
                return parts.stream().sorted().findFirst().flatMap(Linux::address);
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        private String text(String file) {
            try {
                // The size of these files is not known before they are read.
                return new String(Files.readAllBytes(top.resolve(file)), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "";
            }
        }
    }
}
