package org.jxapi.neighbour.guest;

import java.util.Map;
import java.util.Optional;
import org.jxapi.domain.DeviceName;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.Element;

/** A disk of libvirt. */
final class LibvirtDisk {
    private final PlanBuilder plan;
    private final Element disk;
    private final ConfigKey key;
    private boolean readOnly;
    private boolean refused;
    private int place;

    private LibvirtDisk(PlanBuilder plan, Element disk) {
        this.plan = plan;
        this.disk = disk;
        this.key = new ConfigKey("disk[" + disk.of("target", "dev") + "]", disk.line());
    }

    static void read(PlanBuilder plan, Element element, Map<Integer, String> order) {
        LibvirtDisk disk = new LibvirtDisk(plan, element);
        disk.options();
        if (!disk.refused) {
            disk.add(order);
        }
    }

    private void refuse(String why) {
        refused = true;
        plan.refused(key, why);
    }

    private void options() {
        String type = disk.attribute("type");
        if (!type.equals("file") && !type.equals("block")) {
            refuse("jxapi opens files and block devices of the host, not \"" + type
                    + "\"; make a storage repository for it");
        }
        String device = disk.attribute("device");
        if (!device.isEmpty() && !device.equals("disk") && !device.equals("cdrom")) {
            refuse("jxapi has disks and drives for discs, not \"" + device + "\"");
        }
        for (Element child : disk.children()) {
            switch (child.name()) {
                case "driver", "source", "target" -> {
                    if (!refused) {
                        parts(child);
                    }
                }
                case "readonly" -> readOnly = true;
                case "shareable" -> refuse("jxapi shares no disk that a guest writes");
                case "boot" -> place = number(child.attribute("order"));
                default -> UnknownElements.unknown(plan, "disk/" + child.name(), child);
            }
        }
    }

    private static int number(String text) {
        return text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    }

    /** Attributes and children that say more than jxapi needs. */
    private void parts(Element part) {
        part.attributes().forEach((name, value) -> {
            boolean known = switch (part.name()) {
                case "driver" -> name.equals("name") || name.equals("type");
                case "source" -> name.equals("file") || name.equals("dev") || name.equals("index");
                default -> name.equals("dev");
            };
            if (!known) {
                plan.ignored(
                        new ConfigKey(key.name() + "/" + part.name() + "@" + name, part.line()),
                        "jxapi leaves \"" + value + "\" to libxl's defaults");
            }
        });
        part.children()
                .forEach(child -> plan.ignored(
                        new ConfigKey(key.name() + "/" + part.name() + "/" + child.name(), child.line()),
                        "jxapi reads the image itself"));
    }

    private void add(Map<Integer, String> order) {
        String device = disk.of("target", "dev").replaceFirst("^vd", "xvd");
        if (DeviceName.parse(device).isEmpty()) {
            plan.refused(key, "\"" + device + "\" is no place of a disk, such as xvda or hda");
            return;
        }
        String format = disk.of("driver", "type");
        Optional<PlannedDisk.Kind> kind = PlannedDisk.Kind.of(format);
        if (kind.isEmpty()) {
            plan.refused(
                    key, "jxapi does not read \"" + format + "\"; \"qemu-img convert -O qcow2\" makes a disk it reads");
            return;
        }
        boolean disc = disk.attribute("device").equals("cdrom");
        String file = disk.of("source", "file");
        String path = file.isEmpty() ? disk.of("source", "dev") : file;
        if (path.isEmpty() && !disc) {
            plan.refused(key, "a disk needs a source");
            return;
        }
        if (place > 0) {
            order.put(place, disc ? "d" : "c");
            plan.translated(new ConfigKey(key.name() + "/boot", disk.line()), "its place in the order of boot devices");
        }
        boolean block = disk.attribute("type").equals("block") && kind.get() == PlannedDisk.Kind.RAW;
        DiskPlaces.add(
                plan,
                key,
                new PlannedDisk(
                        path.isEmpty() ? null : path,
                        block ? PlannedDisk.Kind.DEVICE : kind.get(),
                        device,
                        disc,
                        readOnly || disc,
                        place > 0 && !disc,
                        key.name(),
                        key.line()));
    }
}
