package org.jxapi.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;

/**
 * The programs of LVM on a host without a device mapper: sparse files take the place of logical volumes. It knows the
 * commands of {@link VolumeGroup} and {@link ThinPool} in the words of the real programs, which the test bed runs.
 */
final class FakeLvm implements Lvm {
    private static final long CHUNK = 65_536;
    private static final long SECTOR = 512;
    private static final long POOL_BYTES = 1 << 30;
    private static final long LUN_BYTES = 8L << 40;

    private final Path root;
    private final Map<String, Map<String, Lv>> groups = new TreeMap<>();
    /** The tags of the groups themselves. */
    private final Map<String, Set<String>> tags = new TreeMap<>();

    private final List<String> commands = new ArrayList<>();
    private int ids;

    /** A logical volume. */
    private static final class Lv {
        private final Set<String> tags = new TreeSet<>();
        private final int id;
        /** The bytes that it shared with its origin when it was made. */
        private final long shared;

        Lv(int id, long shared) {
            this.id = id;
            this.shared = shared;
        }
    }

    FakeLvm(Path root) {
        this.root = root;
    }

    /** All commands that have run. */
    synchronized List<String> commands() {
        return List.copyOf(commands);
    }

    @Override
    public void forgetCached(Path device) {
        // Nothing else writes to the files.
    }

    @Override
    public synchronized String run(List<String> command) throws IOException {
        commands.add(String.join(" ", command));
        String last = command.get(command.size() - 1);
        return switch (command.get(0)) {
            case "vgcreate" -> vgcreate(command);
            case "vgs" -> vgs(command, last);
            case "vgchange" -> vgchange(command, last);
            case "vgremove" -> remove(last);
            case "pvremove" -> "";
            case "pvs" -> groups.keySet().stream().findFirst().orElse("") + "\n";
            case "lvs" -> command.contains("vg_name,lv_name") ? names() : lvs(last);
            case "lvcreate" -> lvcreate(command, last);
            case "lvchange" -> lvchange(command, last);
            case "lvrename" -> lvrename(command);
            case "lvextend" -> lvextend(command, last);
            case "lvreduce" -> lvreduce(command, last);
            case "blkdiscard" -> "";
            case "lvremove" -> lvremove(command.subList(2, command.size()));
            case "dmsetup" -> dmsetup(command);
            case "thin_dump" -> thinDump(command);
            default -> throw new IOException("unknown program " + command);
        };
    }

    private static String option(List<String> command, String name) {
        return command.get(command.indexOf(name) + 1);
    }

    private static long bytes(String value) throws IOException {
        long bytes = Long.parseLong(value.substring(0, value.length() - 1));
        if (bytes % SECTOR != 0) {
            throw new IOException("Size is not a multiple of 512.");
        }
        return bytes;
    }

    private Map<String, Lv> group(String name) throws IOException {
        Map<String, Lv> group = groups.get(name);
        if (group == null) {
            throw new IOException("Volume group \"" + name + "\" not found");
        }
        return group;
    }

    private Path file(String group, String lv) {
        return root.resolve(group).resolve(lv);
    }

    private Lv lv(String path) throws IOException {
        int slash = path.indexOf('/');
        Lv lv = group(path.substring(0, slash)).get(path.substring(slash + 1));
        if (lv == null) {
            throw new IOException("Failed to find logical volume \"" + path + "\"");
        }
        return lv;
    }

    private String vgcreate(List<String> command) throws IOException {
        String name = command.get(4);
        groups.put(name, new TreeMap<>());
        if (command.contains("--addtag")) {
            tags.put(name, new TreeSet<>(Set.of(option(command, "--addtag"))));
        }
        Files.createDirectory(root.resolve(name));
        return "";
    }

    private String vgs(List<String> command, String name) throws IOException {
        if (command.contains("vg_name,vg_tags")) {
            return groups.keySet().stream()
                    .map(group -> "  " + group + "|" + String.join(",", tags.getOrDefault(group, Set.of())) + "\n")
                    .collect(Collectors.joining());
        }
        group(name);
        if (command.contains("vg_tags")) {
            return "  " + String.join(",", tags.getOrDefault(name, Set.of())) + "\n";
        }
        if (command.contains("vg_free")) {
            return "  " + (size(name) - linear(name)) + "\n";
        }
        return command.contains("pv_name") ? "  /dev/fake\n" : "  " + size(name) + "\n";
    }

    private long size(String group) {
        return tags.getOrDefault(group, Set.of()).contains(VolumeGroup.LAYERS) ? LUN_BYTES : POOL_BYTES;
    }

    /** The bytes that the linear volumes of a group have. */
    private long linear(String group) throws IOException {
        long bytes = 0;
        for (String lv : group(group).keySet()) {
            bytes += lv.startsWith(LayerGroup.VOLUME) ? Files.size(file(group, lv)) : 0;
        }
        return bytes;
    }

    private String vgchange(List<String> command, String name) throws IOException {
        group(name);
        Set<String> all = tags.computeIfAbsent(name, group -> new TreeSet<>());
        if (command.contains("--addtag")) {
            all.add(option(command, "--addtag"));
        } else if (command.contains("--deltag")) {
            all.remove(option(command, "--deltag"));
        }
        return "";
    }

    private String remove(String name) throws IOException {
        for (String lv : group(name).keySet()) {
            Files.deleteIfExists(file(name, lv));
        }
        groups.remove(name);
        tags.remove(name);
        Files.delete(root.resolve(name));
        return "";
    }

    private String names() {
        return groups.entrySet().stream()
                .flatMap(group -> group.getValue().keySet().stream().map(lv -> "  " + group.getKey() + "|" + lv + "\n"))
                .collect(Collectors.joining());
    }

    private String lvs(String group) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Lv> entry : group(group).entrySet()) {
            boolean pool = entry.getKey().equals(VolumeGroup.POOL);
            // A volume that its pool has lost has no file.
            Path file = file(group, entry.getKey());
            long size = pool ? POOL_BYTES : Files.exists(file) ? Files.size(file) : CHUNK;
            text.append("  ").append(entry.getKey()).append('|').append(size).append('|');
            text.append(pool ? "" : entry.getValue().id).append('|');
            text.append(String.join(",", entry.getValue().tags)).append('\n');
        }
        return text.toString();
    }

    private String lvcreate(List<String> command, String last) throws IOException {
        String name = option(command, "--name");
        boolean snapshot = command.contains("--snapshot");
        String group = snapshot ? last.substring(0, last.indexOf('/')) : last;
        if (group(group).containsKey(name)) {
            throw new IOException("Logical Volume \"" + name + "\" already exists in volume group \"" + group + "\"");
        }
        if (snapshot) {
            lv(last);
            VolumeFiles.copy(root.resolve(last), file(group, name), done -> {});
        } else if (command.contains("--size") && !name.equals(VolumeGroup.POOL)) {
            long bytes = bytes(option(command, "--size"));
            if (bytes > size(group) - linear(group)) {
                throw new IOException("No space left on device: insufficient free space");
            }
            VolumeFiles.create(file(group, name), bytes);
        } else if (command.contains("--virtualsize")) {
            VolumeFiles.create(file(group, name), bytes(option(command, "--virtualsize")));
        }
        Lv lv = new Lv(++ids, snapshot ? VolumeFiles.taken(file(group, name)) : 0);
        if (command.contains("--addtag")) {
            lv.tags.add(option(command, "--addtag"));
        }
        group(group).put(name, lv);
        return "";
    }

    private String lvchange(List<String> command, String last) throws IOException {
        Lv lv = lv(last);
        for (int i = 1; i < command.size() - 1; i++) {
            if (command.get(i).equals("--addtag")) {
                lv.tags.add(command.get(i + 1));
            } else if (command.get(i).equals("--deltag")) {
                lv.tags.remove(command.get(i + 1));
            }
        }
        return "";
    }

    private String lvrename(List<String> command) throws IOException {
        String group = command.get(1);
        Lv lv = lv(group + "/" + command.get(2));
        if (group(group).containsKey(command.get(3))) {
            throw new IOException("Logical Volume \"" + command.get(3) + "\" already exists");
        }
        group(group).remove(command.get(2));
        group(group).put(command.get(3), lv);
        Files.move(file(group, command.get(2)), file(group, command.get(3)));
        return "";
    }

    private String lvextend(List<String> command, String last) throws IOException {
        lv(last);
        String group = last.substring(0, last.indexOf('/'));
        long more = bytes(option(command, "--size")) - Files.size(root.resolve(last));
        if (last.contains(LayerGroup.VOLUME) && more > size(group) - linear(group)) {
            throw new IOException("No space left on device: insufficient free space");
        }
        VolumeFiles.extend(root.resolve(last), bytes(option(command, "--size")));
        return "";
    }

    private String lvreduce(List<String> command, String last) throws IOException {
        lv(last);
        if (command.contains("--fs")) {
            // As the version of Debian 12.
            throw new IOException("lvreduce: unrecognized option '--fs'");
        }
        VolumeFiles.setLength(root.resolve(last), bytes(option(command, "--size")));
        return "";
    }

    private String lvremove(List<String> paths) throws IOException {
        for (String path : paths) {
            lv(path);
            group(path.substring(0, path.indexOf('/'))).remove(path.substring(path.indexOf('/') + 1));
            Files.deleteIfExists(root.resolve(path));
        }
        return "";
    }

    private String dmsetup(List<String> command) throws IOException {
        if (command.get(1).equals("message")) {
            return "";
        }
        if (command.contains("thin-pool")) {
            StringBuilder text = new StringBuilder();
            for (Map.Entry<String, Map<String, Lv>> group : groups.entrySet()) {
                String layer = group.getValue().size() > 1 ? "-tpool" : "";
                text.append(doubled(group.getKey()) + "-jxapi--pool" + layer + ": 0 " + POOL_BYTES / SECTOR
                        + " thin-pool 1 12/4096 " + used(group.getKey()) + "/" + POOL_BYTES / CHUNK
                        + " - rw discard_passdown error_if_no_space - 1024\n");
            }
            return text.toString();
        }
        if (command.contains("--target")) {
            StringBuilder text = new StringBuilder();
            for (Map.Entry<String, Map<String, Lv>> group : groups.entrySet()) {
                for (String lv : group.getValue().keySet()) {
                    if (!lv.equals(VolumeGroup.POOL)) {
                        text.append(doubled(group.getKey()) + "-" + doubled(lv) + ": " + status(group.getKey(), lv));
                    }
                }
            }
            return text.toString();
        }
        for (Map.Entry<String, Map<String, Lv>> group : groups.entrySet()) {
            String name = command.get(2);
            for (String lv : group.getValue().keySet()) {
                if (name.equals(doubled(group.getKey()) + "-" + doubled(lv))) {
                    return status(group.getKey(), lv);
                }
            }
        }
        throw new IOException("Device " + command.get(2) + " not found");
    }

    private static String doubled(String name) {
        return name.replace("-", "--");
    }

    private long used(String group) throws IOException {
        long bytes = 0;
        for (Map.Entry<String, Lv> entry : group(group).entrySet()) {
            String lv = entry.getKey();
            long taken = lv.equals(VolumeGroup.POOL) ? 0 : VolumeFiles.taken(file(group, lv));
            bytes += Math.max(0, taken - entry.getValue().shared);
        }
        return bytes / CHUNK;
    }

    private String status(String group, String lv) throws IOException {
        Path file = file(group, lv);
        return "0 " + Files.size(file) / SECTOR + " thin " + VolumeFiles.taken(file) / SECTOR + " 0\n";
    }

    /** The data of the volume with that number. */
    private String thinDump(List<String> command) throws IOException {
        int id = Integer.parseInt(option(command, "--dev-id"));
        StringBuilder text = new StringBuilder(
                "<superblock uuid=\"\" time=\"1\" transaction=\"2\" version=\"2\" data_block_size=\"128\""
                        + " nr_data_blocks=\"0\">\n  <device dev_id=\"" + id + "\" mapped_blocks=\"1\">\n");
        groups.forEach((group, lvs) -> lvs.forEach((name, lv) -> {
            if (lv.id == id) {
                try {
                    text.append(mappings(file(group, name)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }));
        Files.writeString(Path.of(option(command, "--output")), text + "  </device>\n</superblock>\n");
        return "";
    }

    /** The place of a chunk in the pool: the same for the same contents. */
    private static long place(Image image, long begin, long end) throws IOException {
        ByteBuffer contents = ByteBuffer.allocate((int) (end - begin));
        image.read(begin, contents);
        CRC32 place = new CRC32();
        place.update(contents.flip());
        return place.getValue();
    }

    private static String mappings(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Image image = RawImage.open(file, false)) {
            for (long at = 0; at < image.bytes(); ) {
                Image.Extent extent = image.extent(at, image.bytes() - at);
                // The next chunk, since an extent may end within one.
                long next = Math.min(image.bytes(), (at / CHUNK + 1) * CHUNK);
                if (extent.hole()) {
                    at += extent.length();
                    continue;
                }
                text.append("    <single_mapping origin_block=\"" + at / CHUNK + "\" data_block=\""
                        + place(image, at / CHUNK * CHUNK, next) + "\" time=\"0\"/>\n");
                at = next;
            }
        }
        return text.toString();
    }
}
