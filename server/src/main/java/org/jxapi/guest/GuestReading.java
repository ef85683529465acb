package org.jxapi.guest;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jxapi.domain.XenstoreText;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;

/**
 * The nodes of a guest in xenstore: the reports of its agent, and the states of its devices' backends. The nodes, and
 * the limit of bytes per guest, are those of xenopsd (xenops_server_xen.ml).
 *
 * @param words what the agent has told, by path below the domain's directory
 * @param data the nodes of VM.xenstore_data, by path below the domain's directory
 * @param connected whether a disk or nic is connected: the guest has drivers for them
 * @param timeoffset what the guest has set its emulated clock to, in seconds from the host's; empty for one without
 * @param cut whether the guest has more there than is read
 */
public record GuestReading(
        Map<String, String> words, Map<String, String> data, boolean connected, String timeoffset, boolean cut) {
    private static final int MOST_BYTES = 25 << 20;
    private static final int ANY_DEPTH = 512;
    private static final String CONNECTED = "4";
    private static final String HOTFIXES = "attr/os/hotfixes";
    private static final List<String> BACKENDS = List.of("vbd", "qdisk", "vif");

    /** A part of the domain's directory, and how deep below its children it is read. */
    private record Part(String path, int depth) {}

    private static final List<Part> PARTS = List.of(
            new Part("control", 0),
            new Part("feature/hotplug", 0),
            new Part("xenserver/attr", 3),
            new Part("attr", 3),
            new Part("drivers", 0),
            new Part("data", 0),
            new Part("data/service", 1),
            new Part("data/pvs_target", 0));

    /** The paths whose changes tell that there may be something new. */
    public static List<String> watched(int domid, String uuid) {
        Stream<String> told = Stream.of("attr", "control", "data", "drivers", "feature/hotplug", "vm-data")
                .map(part -> Xenstore.domainPath(domid) + "/" + part);
        Stream<String> others = Stream.of(Xenstore.domainPath(domid) + "/xenserver/attr", timeoffsetPath(uuid));
        Stream<String> backends = BACKENDS.stream().map(kind -> backend(kind, domid));
        return Stream.of(told, others, backends).flatMap(paths -> paths).toList();
    }

    private static String timeoffsetPath(String uuid) {
        return "/vm/" + uuid + "/rtc/timeoffset";
    }

    private static String backend(String kind, int domid) {
        return Xenstore.domainPath(0) + "/backend/" + kind + "/" + domid;
    }

    static GuestReading of(Xenstore xenstore, int domid, String uuid) throws HypervisorException {
        Reader reader = new Reader(xenstore, Xenstore.domainPath(domid) + "/");
        Map<String, String> words = new LinkedHashMap<>();
        PARTS.forEach(part -> reader.read(part.path(), part.depth(), words));
        Map<String, String> data = new LinkedHashMap<>();
        GuestNodes.DATA_ROOTS.forEach(root -> reader.read(root, ANY_DEPTH, data));
        data.entrySet().removeIf(node -> !XenstoreText.holds(node.getKey(), node.getValue()));
        return new GuestReading(
                words,
                data,
                connected(xenstore, domid),
                xenstore.read(timeoffsetPath(uuid)).orElse(""),
                reader.left <= 0);
    }

    private static boolean connected(Xenstore xenstore, int domid) {
        return BACKENDS.stream()
                .map(kind -> backend(kind, domid))
                .flatMap(path -> xenstore.list(path).stream().map(device -> path + "/" + device + "/state"))
                .anyMatch(path -> xenstore.read(path).filter(CONNECTED::equals).isPresent());
    }

    /** Reads until one guest's quota is used up. */
    private static final class Reader {
        private final Xenstore xenstore;
        private final String home;
        private long left = MOST_BYTES;

        Reader(Xenstore xenstore, String home) {
            this.xenstore = xenstore;
            this.home = home;
        }

        /** Reads a node and its children, and so many levels below them. */
        void read(String path, int depth, Map<String, String> into) {
            if (left <= 0 || path.equals(HOTFIXES)) {
                return;
            }
            var value = xenstore.read(home + path);
            if (value.isEmpty()) {
                return;
            }
            left -= bytes(path) + bytes(value.get());
            into.put(path, value.get());
            if (depth >= 0) {
                xenstore.list(home + path).forEach(child -> read(path + "/" + child, depth - 1, into));
            }
        }

        private static int bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8).length;
        }
    }
}
