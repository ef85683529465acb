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
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated machine's xenstore. */
final class SimulatedXenstore implements Xenstore {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedXenstore.class);

    private final ConcurrentSkipListMap<String, String> nodes = new ConcurrentSkipListMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final BiConsumer<Duration, Runnable> clock;

    private record Watch(String path, Consumer<String> listener) {}

    /**
     * @param clock runs things after a while, in order
     */
    SimulatedXenstore(BiConsumer<Duration, Runnable> clock) {
        this.clock = clock;
    }

    /** Returns a path with all below it: no name has a character below the slash. */
    private NavigableMap<String, String> below(String path) {
        return nodes.subMap(path + "/", true, path + "0", false);
    }

    @Override
    public Optional<String> read(String path) {
        return Optional.ofNullable(nodes.get(path));
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
        read(path).ifPresent(value -> tree.put("", value));
        below(path).forEach((key, value) -> tree.put(key.substring(path.length() + 1), value));
        return tree;
    }

    @Override
    public void write(String path, String value) {
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            nodes.putIfAbsent(path.substring(0, slash), "");
        }
        nodes.put(path, value);
        fire(path);
    }

    @Override
    public void writeAll(Map<String, String> values) {
        values.forEach(this::write);
    }

    @Override
    public void remove(String path) {
        boolean there = nodes.remove(path) != null;
        below(path).clear();
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

    /** Tells the watches of a path and of those above it. */
    void fire(String path) {
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
                LOG.error("What listens to xenstore failed at {}", path, e);
            }
        });
    }
}
