package org.jxapi.hypervisor.simulator;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated machine's xenstore. It enforces permissions for guests, as xenstored does. */
final class SimulatedXenstore implements Xenstore {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedXenstore.class);
    private static final XenstorePermissions ROOT = XenstorePermissions.ownedBy(Hypervisor.DOM0);

    private final ConcurrentSkipListMap<String, Node> nodes = new ConcurrentSkipListMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final BiConsumer<Duration, Runnable> clock;
    private final Consumer<String> changed;

    /** A value and who may use it. */
    record Node(String value, XenstorePermissions permissions) {}

    private record Watch(String path, Consumer<String> listener) {}

    /**
     * @param clock runs things after a while, in order
     * @param changed gets each path that has changed
     */
    SimulatedXenstore(BiConsumer<Duration, Runnable> clock, Consumer<String> changed) {
        this.clock = clock;
        this.changed = changed;
    }

    /** Returns a path with all below it: no name has a character below the slash. */
    private NavigableMap<String, Node> below(String path) {
        return nodes.subMap(path + "/", true, path + "0", false);
    }

    @Override
    public Optional<String> read(String path) {
        return Optional.ofNullable(nodes.get(path)).map(Node::value);
    }

    @Override
    public List<String> list(String path) {
        return below(path).keySet().stream()
                .map(key -> key.substring(path.length() + 1).split("/", 2)[0])
                .distinct()
                .toList();
    }

    @Override
    public Map<String, String> readTree(String path) {
        Map<String, String> tree = new TreeMap<>();
        nodes(path).forEach((key, node) -> tree.put(key, node.value()));
        return tree;
    }

    /** Returns what is at and below a path, by path relative to it. */
    Map<String, Node> nodes(String path) {
        Map<String, Node> tree = new TreeMap<>();
        Node top = nodes.get(path);
        if (top != null) {
            tree.put("", top);
        }
        below(path).forEach((key, node) -> tree.put(key.substring(path.length() + 1), node));
        return tree;
    }

    /** Puts back what {@link #nodes} has returned. */
    void restore(String path, Map<String, Node> tree) {
        tree.forEach((key, node) -> nodes.put(key.isEmpty() ? path : path + "/" + key, node));
    }

    @Override
    public void write(String path, String value) {
        write(Hypervisor.DOM0, path, value);
    }

    /** A domain writes; FAIL where it may not. */
    void write(int domid, String path, String value) {
        synchronized (this) {
            check(domid, path);
            int slash = path.indexOf('/', 1);
            while (slash > 0) {
                String above = path.substring(0, slash);
                if (!nodes.containsKey(above)) {
                    nodes.put(above, new Node("", inherited(domid, above)));
                }
                slash = path.indexOf('/', slash + 1);
            }
            Node there = nodes.get(path);
            nodes.put(path, new Node(value, there == null ? inherited(domid, path) : there.permissions()));
        }
        fire(path);
    }

    /** The permissions of a new node: those of the node above, with the guest that made it as owner. */
    private XenstorePermissions inherited(int domid, String path) {
        XenstorePermissions above = nearest(path);
        return domid == Hypervisor.DOM0 ? above : new XenstorePermissions(domid, above.others(), above.domains());
    }

    /** The permissions of a node; of one that is not there, those of the next above that is. */
    private XenstorePermissions nearest(String path) {
        for (String at = path; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
            Node node = nodes.get(at);
            if (node != null) {
                return node.permissions();
            }
        }
        return ROOT;
    }

    /** FAIL when a domain may not write a node, or make it. */
    void check(int domid, String path) {
        XenstorePermissions permissions = nearest(path);
        if (!permissions.mayWrite(domid)) {
            throw new HypervisorException(
                    LibxlError.FAIL,
                    "xenstore: domain " + domid + " may not write " + path + ", which is domain " + permissions.owner()
                            + "'s: EACCES");
        }
    }

    @Override
    public void writeAll(Map<String, String> values) {
        values.forEach(this::write);
    }

    @Override
    public Optional<XenstorePermissions> permissions(String path) {
        return Optional.ofNullable(nodes.get(path)).map(Node::permissions);
    }

    @Override
    public void setPermissions(String path, XenstorePermissions permissions) {
        if (nodes.computeIfPresent(path, (at, node) -> new Node(node.value(), permissions)) == null) {
            throw new HypervisorException(LibxlError.FAIL, "xenstore: there is no " + path);
        }
        fire(path);
    }

    @Override
    public void remove(String path) {
        remove(Hypervisor.DOM0, path);
    }

    /** A domain removes; FAIL where it may not. */
    void remove(int domid, String path) {
        boolean there;
        synchronized (this) {
            check(domid, path);
            there = nodes.remove(path) != null;
            below(path).clear();
        }
        if (there) {
            fire(path);
            watches.stream()
                    .filter(watch -> watch.path().startsWith(path + "/"))
                    .forEach(watch -> tell(watch, watch.path()));
        }
    }

    @Override
    public Subscription watch(String path, Consumer<String> listener) {
        Watch watch = new Watch(path, listener);
        watches.add(watch);
        tell(watch, path);
        return () -> watches.remove(watch);
    }

    /** Notifies the watches of a path and of those above it. */
    void fire(String path) {
        changed.accept(path);
        for (Watch watch : watches) {
            if (path.equals(watch.path()) || path.startsWith(watch.path() + "/")) {
                tell(watch, path);
            }
        }
    }

    private void tell(Watch watch, String path) {
        clock.accept(Duration.ZERO, () -> {
            if (!watches.contains(watch)) {
                return;
            }
            try {
                watch.listener().accept(path);
            } catch (RuntimeException e) {
                LOG.error("xenstore: a listener failed at {}", path, e);
            }
        });
    }
}
