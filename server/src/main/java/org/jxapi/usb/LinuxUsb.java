package org.jxapi.usb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The USB devices of this machine: the kernel's sysfs, the names in udev's database, and the policy. */
public final class LinuxUsb implements HostUsb {
    private static final int HUB = 9;

    private final Path root;
    private final Path policy;

    public LinuxUsb() {
        this(Path.of("/"), UsbPolicy.FILE);
    }

    /** @param root where /sys and /run are */
    LinuxUsb(Path root, Path policy) {
        this.root = root;
        this.policy = policy;
    }

    @Override
    public List<UsbDevice> devices() throws IOException {
        UsbPolicy rules = UsbPolicy.of(policy);
        Path folder = root.resolve("sys/bus/usb/devices");
        List<UsbDevice> found = new ArrayList<>();
        TreeSet<String> names = names(folder);
        for (String name : names) {
            Path device = folder.resolve(name);
            if (!name.contains(":") && passable(folder, names, name, rules)) {
                found.add(read(name, device));
            }
        }
        return found;
    }

    private static TreeSet<String> names(Path folder) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(each -> names.add(each.getFileName().toString()));
        } catch (NoSuchFileException e) {
            // A kernel without USB has no such folder.
        }
        return names;
    }

    /** Whether it is no hub, is configured, and has all its interfaces, which the policy allows. */
    private static boolean passable(Path folder, TreeSet<String> names, String name, UsbPolicy rules) {
        Path device = folder.resolve(name);
        int vendor = hex(device, "idVendor");
        int product = hex(device, "idProduct");
        int release = hex(device, "bcdDevice");
        String configuration = text(device, "bConfigurationValue");
        String expected = text(device, "bNumInterfaces");
        boolean known = vendor >= 0 && product >= 0 && release >= 0;
        if (!known || !configuration.matches("\\d+") || !expected.matches("\\d{1,3}")) {
            return false;
        }
        List<Map<String, Integer>> interfaces = new ArrayList<>();
        String prefix = name + ":" + configuration + ".";
        for (String each : names) {
            if (each.startsWith(prefix)) {
                Map<String, Integer> values = new HashMap<>(Map.of("vid", vendor, "pid", product, "rel", release));
                int cls = hex(folder.resolve(each), "bInterfaceClass");
                values.put("class", cls);
                values.put("subclass", hex(folder.resolve(each), "bInterfaceSubClass"));
                values.put("prot", hex(folder.resolve(each), "bInterfaceProtocol"));
                if (!values.containsValue(-1) && cls != HUB) {
                    interfaces.add(values);
                }
            }
        }
        return hex(device, "bDeviceClass") != HUB
                && !interfaces.isEmpty()
                && interfaces.size() == Integer.parseInt(expected)
                && rules.allows(interfaces);
    }

    private UsbDevice read(String name, Path device) {
        Map<String, String> udev = udev(text(device, "dev"));
        String speed = text(device, "speed");
        return new UsbDevice(
                name,
                number(text(device, "busnum")),
                number(text(device, "devnum")),
                text(device, "idVendor"),
                udev.getOrDefault("ID_VENDOR_FROM_DATABASE", ""),
                text(device, "idProduct"),
                udev.getOrDefault("ID_MODEL_FROM_DATABASE", ""),
                text(device, "serial"),
                text(device, "version"),
                speed.matches("\\d{1,9}(\\.\\d+)?") ? Double.parseDouble(speed) : -1);
    }

    /** The properties that udev keeps of a device. */
    private Map<String, String> udev(String number) {
        Map<String, String> properties = new HashMap<>();
        if (number.matches("\\d+:\\d+")) {
            for (String line : content(root.resolve("run/udev/data/c" + number)).split("\n")) {
                int equals = line.indexOf('=');
                if (line.startsWith("E:") && equals > 0) {
                    properties.put(line.substring(2, equals), line.substring(equals + 1));
                }
            }
        }
        return properties;
    }

    private static int number(String text) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    /** A hexadecimal number; -1 for anything else. */
    private static int hex(Path folder, String attribute) {
        String text = text(folder, attribute);
        return text.matches("[0-9a-fA-F]{1,4}") ? Integer.parseInt(text, 16) : -1;
    }

    private static String text(Path folder, String attribute) {
        return content(folder.resolve(attribute)).strip();
    }

    /** The text of a small file; empty when it cannot be read. */
    private static String content(Path file) {
        try {
            // The size of these files is not known before they are read.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
