package org.jxapi.boot;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of PCI vendors, devices, cards and classes, from the file pci.ids of the host. Unknown names are empty. */
final class PciNames {
    private static final List<String> FILES = List.of("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids");

    private final Map<String, String> names = new HashMap<>();

    private PciNames() {}

    /** @param root where /usr is */
    static PciNames read(Path root) {
        PciNames names = new PciNames();
        for (String file : FILES) {
            List<String> lines = SystemFiles.lines(root.resolve(file));
            if (!lines.isEmpty()) {
                names.parse(lines);
                break;
            }
        }
        return names;
    }

    /** Each line has as many tabs as levels above it: vendor, device, card; or class, subclass. */
    private void parse(List<String> lines) {
        String first = "";
        String second = "";
        for (String line : lines) {
            int tabs = line.startsWith("\t\t") ? 2 : line.startsWith("\t") ? 1 : 0;
            int space = line.indexOf("  ");
            if (line.isBlank() || line.startsWith("#") || space < 0) {
                continue;
            }
            String id = line.substring(tabs, space).strip();
            String name = line.substring(space).strip();
            if (tabs == 0) {
                first = id;
                names.put(id, name);
            } else if (tabs == 1) {
                second = first + "/" + id;
                names.put(second, name);
            } else {
                names.put(second + "/" + id, name);
            }
        }
    }

    private String of(String key) {
        return names.getOrDefault(key, "");
    }

    String vendor(String vendor) {
        return of(vendor);
    }

    String device(String vendor, String device) {
        return of(vendor + "/" + device);
    }

    String card(String vendor, String device, String maker, String card) {
        return of(vendor + "/" + device + "/" + maker + " " + card);
    }

    /** @param classId four hexadecimal digits */
    String subclass(String classId) {
        return classId.length() == 4 ? of("C " + classId.substring(0, 2) + "/" + classId.substring(2)) : "";
    }
}
