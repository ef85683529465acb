package org.jxapi.neighbour.guest;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.domain.DeviceName;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;

/** A disk of a configuration of xl: {@code target, format, vdev, access} in this order, or with their names. */
final class XlDisk {
    private static final Pattern NAMED = Pattern.compile("([A-Za-z][A-Za-z0-9_-]*)\\s*=\\s*(.*)");
    private static final Set<String> FORMATS = Set.of("raw", "qcow", "qcow2", "vhd", "qed");
    /** Prefixes of xm and of old xl. */
    private static final List<String> PREFIXES = List.of(
            "phy:", "file:", "tap2:", "tap:", "aio:", "tapdisk:", "ioemu:", "raw:", "qcow2:", "qcow:", "vhd:", "qed:");

    private final PlanBuilder plan;
    private final ConfigKey key;
    private String target = "";
    private @Nullable String format;
    private @Nullable String vdev;
    private boolean readOnly;
    private boolean disc;
    private boolean device;
    private boolean refused;

    private XlDisk(PlanBuilder plan, ConfigKey key) {
        this.plan = plan;
        this.key = key;
    }

    static void read(PlanBuilder plan, ConfigKey key, String spec) {
        XlDisk disk = new XlDisk(plan, key);
        disk.parse(spec);
        if (!disk.refused) {
            disk.add();
        }
    }

    private void refuse(String why) {
        refused = true;
        plan.refused(key, why);
    }

    private void parse(String spec) {
        Deque<String> positions = new ArrayDeque<>(List.of("target", "format", "vdev", "access"));
        Set<String> done = new HashSet<>();
        String rest = spec.strip();
        while (!rest.isEmpty()) {
            if (rest.startsWith("target=")) {
                target = rest.substring("target=".length()).strip();
                return;
            }
            int comma = rest.indexOf(',');
            String part = (comma < 0 ? rest : rest.substring(0, comma)).strip();
            rest = comma < 0 ? "" : rest.substring(comma + 1).strip();
            Matcher named = NAMED.matcher(part);
            if (named.matches()) {
                named(named.group(1), named.group(2).strip());
                done.add(named.group(1));
            } else if (flag(part)) {
                done.add(part);
            } else {
                position(positions, done, part);
            }
        }
    }

    private void position(Deque<String> positions, Set<String> done, String part) {
        String place = positions.poll();
        while (place != null && done.contains(place)) {
            place = positions.poll();
        }
        if (place == null) {
            refuse("\"" + part + "\" is one word too many");
        } else if (place.equals("format") && !part.isEmpty() && !FORMATS.contains(part)) {
            // xm's disks have no format.
            positions.poll();
            named("vdev", part);
        } else if (!part.isEmpty()) {
            named(place, part);
        }
    }

    private boolean flag(String word) {
        switch (word) {
            case "cdrom" -> disc = true;
            case "discard", "no-discard" ->
                plan.ignored(part(word), "jxapi passes what guests discard on to disks that it writes");
            case "direct-io-safe" -> plan.ignored(part(word), "jxapi leaves caching to libxl");
            case "colo", "no-colo" -> refuse("jxapi has no COLO");
            case "trusted", "untrusted" -> plan.ignored(part(word), "jxapi uses libxl's default");
            default -> {
                return false;
            }
        }
        return true;
    }

    private ConfigKey part(String name) {
        return new ConfigKey(key.name() + "." + name, key.line());
    }

    private void named(String name, String value) {
        switch (name) {
            case "target" -> target(value);
            case "format" -> format = value;
            case "vdev" -> vdev(value);
            case "access" -> access(value);
            case "devtype" -> disc = disc || value.equals("cdrom");
            case "backendtype" -> plan.ignored(part(name), "jxapi chooses the backend by the image");
            case "backend" -> {
                if (value.equals("0") || value.equals("Domain-0")) {
                    plan.ignored(part(name), "it is the default here");
                } else {
                    refuse("jxapi has no driver domains, such as \"" + value + "\"");
                }
            }
            case "script" -> refuse("jxapi runs no block script; give the device that block-" + value + " makes");
            case "specification" -> {
                if (!value.equals("xen")) {
                    refuse("jxapi has disks of Xen's protocol only, not " + value);
                }
            }
            default -> refuse("jxapi does not know the option \"" + name + "\" of a disk");
        }
    }

    private void access(String value) {
        switch (value) {
            case "r", "ro" -> readOnly = true;
            case "w", "rw" -> readOnly = false;
            case "w!", "r!" -> refuse("jxapi shares no disk that a guest writes, as \"" + value + "\" asks");
            default -> refuse("\"" + value + "\" is no access; there are r and w");
        }
    }

    private void vdev(String value) {
        String name = value;
        if (name.startsWith("ioemu:")) {
            name = name.substring("ioemu:".length());
        }
        if (name.endsWith(":cdrom")) {
            disc = true;
            name = name.substring(0, name.length() - ":cdrom".length());
        } else if (name.endsWith(":disk")) {
            name = name.substring(0, name.length() - ":disk".length());
        }
        vdev = name;
    }

    private void target(String value) {
        String path = value;
        boolean prefixed = true;
        while (prefixed) {
            prefixed = false;
            for (String prefix : PREFIXES) {
                if (path.startsWith(prefix)) {
                    path = path.substring(prefix.length());
                    prefix(prefix);
                    prefixed = true;
                }
            }
        }
        if (path.matches("(iscsi|nbd|drbd|rbd|remus|enbd|npiv|vbd|https?|sheepdog):.*")) {
            refuse("jxapi opens no \"" + path.substring(0, path.indexOf(':')) + ":\" targets; attach the device to the"
                    + " host, or make a storage repository for it");
        }
        target = path;
    }

    private void prefix(String prefix) {
        switch (prefix) {
            case "phy:" -> device = true;
            case "qcow2:", "qcow:", "vhd:", "qed:" -> format = prefix.substring(0, prefix.length() - 1);
            default -> {
                // They say which driver of the host opens it.
            }
        }
    }

    private void add() {
        if (vdev == null || DeviceName.parse(vdev).isEmpty()) {
            plan.refused(key, "\"" + (vdev == null ? "" : vdev) + "\" is no place of a disk, such as xvda or hda");
            return;
        }
        Optional<PlannedDisk.Kind> kind = PlannedDisk.Kind.of(format == null ? "" : format);
        if (kind.isEmpty()) {
            plan.refused(
                    key, "jxapi does not read \"" + format + "\"; \"qemu-img convert -O qcow2\" makes a disk it reads");
            return;
        }
        if (target.isEmpty() && !disc) {
            plan.refused(key, "a disk needs a path");
            return;
        }
        String path = target.isEmpty() ? null : target.startsWith("/") ? target : "/dev/" + target;
        boolean device = this.device || path != null && path.startsWith("/dev/");
        DiskPlaces.add(
                plan,
                key,
                new PlannedDisk(
                        path,
                        device && kind.get() == PlannedDisk.Kind.RAW ? PlannedDisk.Kind.DEVICE : kind.get(),
                        vdev,
                        disc,
                        readOnly || disc,
                        false,
                        key.name(),
                        key.line()));
    }
}
