package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Backing;
import org.jxapi.image.ImageFormatException;
import org.jxapi.image.ImageInfo;
import org.jxapi.image.Qcow2Image;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The qcow2 images of a folder, as they lie on each other. A volume X has the layers {@code X.qcow2} and
 * {@code X.jxapi-N.qcow2}, where N grows. Its disk is the layer with the highest number, the leaf. All others are behind
 * leaves, of this volume or another, and nothing writes to them. {@code X.jxapi-gone} says that the volume has been removed
 * and its layers are only there for others.
 */
final class Layers {
    private static final Logger LOG = LoggerFactory.getLogger(Layers.class);
    static final String SUFFIX = ".qcow2";
    static final String GONE = ".jxapi-gone";

    /** The end of the name of the contents that a disk with {@code on_boot=reset} starts from. */
    static final String BASE = ".jxapi-base.qcow2";

    /** Chains that are even longer are damaged: they may be circles. */
    static final int DEEPEST = 1000;

    private static final Pattern NAME = Pattern.compile("(?s)(.+?)(?:\\.jxapi-(\\d{1,9}))?\\.qcow2");

    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final Map<String, Layer> leaves = new TreeMap<>();
    private final Map<String, List<Layer>> above = new HashMap<>();
    private final List<Path> unreadable;

    /** @param gone the volumes that have been removed */
    private Layers(List<Layer> all, Set<String> gone, List<Path> unreadable) {
        this.unreadable = unreadable;
        for (Layer layer : all) {
            layers.put(layer.name(), layer);
            if (layer.below() != null) {
                above.computeIfAbsent(layer.below(), name -> new ArrayList<>()).add(layer);
            }
            if (!layer.isBase() && !gone.contains(layer.location())) {
                leaves.merge(layer.location(), layer, (one, other) -> one.number() > other.number() ? one : other);
            }
        }
    }

    /**
     * A layer.
     *
     * @param location the volume in whose name it was made
     * @param number 0 for the first
     * @param bytes the size of its disk
     * @param below the name of the file behind it; null if it holds the whole disk
     */
    record Layer(
            Path path,
            String location,
            int number,
            long bytes,
            @Nullable String below) {
        String name() {
            return Layers.name(path);
        }

        /** Whether it is no layer of a disk, but the contents that one is reset to. */
        boolean isBase() {
            return name().endsWith(BASE);
        }
    }

    static String name(Path path) {
        return Objects.requireNonNull(path.getFileName()).toString();
    }

    /** The location and the number in a layer's name; empty for other files. */
    private static Optional<Matcher> parsed(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && !name.endsWith(BASE) ? Optional.of(matcher) : Optional.empty();
    }

    private static int number(Matcher name) {
        return name.group(2) == null ? 0 : Integer.parseInt(name.group(2));
    }

    /** The location of a layer with that name; empty for other files. */
    static Optional<String> location(String name) {
        return parsed(name).map(matcher -> matcher.group(1));
    }

    /** Reads the headers of all layers, and of the contents that disks are reset to. */
    static Layers read(LayerStore store) throws IOException {
        List<Layer> all = new ArrayList<>();
        List<Path> unreadable = new ArrayList<>();
        for (String name : store.names("", SUFFIX)) {
            Path file = store.path(name);
            Matcher matcher = parsed(name).orElse(null);
            try {
                ImageInfo info = Qcow2Image.info(file);
                Backing below = info.backing();
                String location = matcher == null ? name : matcher.group(1);
                int number = matcher == null ? 0 : number(matcher);
                all.add(new Layer(file, location, number, info.bytes(), below == null ? null : below.name()));
            } catch (NoSuchFileException e) {
                // It has been removed meanwhile.
            } catch (ImageFormatException e) {
                LOG.warn("Image {}: not readable: {}", file, e.getMessage());
                unreadable.add(file);
            }
        }
        Set<String> gone = new HashSet<>();
        for (String name : store.names("", GONE)) {
            gone.add(name.substring(0, name.length() - GONE.length()));
        }
        return new Layers(all, gone, unreadable);
    }

    /** Whether a volume of that name would have files that are those of others. */
    static boolean names(String location) {
        return !location.matches("(?s).*\\.jxapi-(base|\\d{1,9})");
    }

    /** The leaf of a volume; empty if it has none here. Reads no header. */
    static Optional<Path> leaf(LayerStore store, String location) throws IOException {
        if (store.has(location + GONE)) {
            return Optional.empty();
        }
        return Optional.ofNullable(numbers(store, location).lastEntry()).map(Map.Entry::getValue);
    }

    /** All layers of a volume, by their numbers. */
    static TreeMap<Integer, Path> numbers(LayerStore store, String location) throws IOException {
        TreeMap<Integer, Path> numbers = new TreeMap<>();
        for (String name : store.names(location, SUFFIX)) {
            parsed(name)
                    .filter(matcher -> matcher.group(1).equals(location))
                    .ifPresent(matcher -> numbers.put(number(matcher), store.path(name)));
        }
        return numbers;
    }

    /** The name for the next layer of a volume. */
    static String next(LayerStore store, String location) throws IOException {
        TreeMap<Integer, Path> numbers = numbers(store, location);
        return numbers.isEmpty() ? location + SUFFIX : location + ".jxapi-" + (numbers.lastKey() + 1) + SUFFIX;
    }

    Collection<Layer> all() {
        return List.copyOf(layers.values());
    }

    /** The layer in the file of that name; null if there is none. */
    @Nullable
    Layer named(String name) {
        return layers.get(name);
    }

    /** The leaves of all volumes, by location. */
    Map<String, Layer> leaves() {
        return leaves;
    }

    /** Whether a layer is the disk of its volume. */
    boolean isLeaf(Layer layer) {
        return leaves.get(layer.location()) == layer;
    }

    /** Whether a disk, or the contents that one is reset to, consists of the layer. */
    boolean isNeeded(Layer layer) {
        return layer.isBase() || isLeaf(layer) || !above(layer).isEmpty();
    }

    /** The layers that lie directly on another. */
    List<Layer> above(Layer layer) {
        return above.getOrDefault(layer.name(), List.of());
    }

    /** The volumes whose disks lie on a layer, or are it. */
    Set<String> locationsAbove(Layer layer) {
        Set<String> locations = new TreeSet<>();
        Deque<Layer> open = new ArrayDeque<>(List.of(layer));
        Set<Layer> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Layer at = open.pop();
            if (seen.add(at)) {
                if (isLeaf(at)) {
                    locations.add(at.location());
                }
                if (at.isBase()) {
                    locations.add(at.name().substring(0, at.name().length() - BASE.length()));
                }
                open.addAll(above(at));
            }
        }
        return locations;
    }

    /** How many images a disk consists of. */
    static int depth(Path leaf) throws IOException {
        int depth = 1;
        Backing below = Qcow2Image.info(leaf).backing();
        while (below != null && depth < DEEPEST) {
            depth++;
            below = Qcow2Image.info(leaf.resolveSibling(below.name())).backing();
        }
        return depth;
    }

    /** The files that should be images and are not. Any image may be behind them. */
    List<Path> unreadable() {
        return unreadable;
    }

    /** Says that the file of a layer, which has none above it, has been removed. */
    void removed(Layer layer) {
        layers.remove(layer.name());
        if (layer.below() != null) {
            above.getOrDefault(layer.below(), new ArrayList<>()).remove(layer);
        }
    }
}
