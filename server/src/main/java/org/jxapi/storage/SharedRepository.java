package org.jxapi.storage;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Image;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Stage;

/** The repository of a place that other machines use too: its work stops their merges, and waits for their former guests. */
final class SharedRepository {
    /** Work on the layers of the volumes that the arguments name. */
    static final Set<String> ON_VOLUMES = Set.of(
            "changed",
            "clone",
            "differences",
            "guestDisk",
            "keepBase",
            "live",
            "open",
            "resize",
            "snapshot",
            "snapshotAll",
            "stage",
            "stageCopy",
            "track",
            "untrack");

    /** Work that ends with a look at all layers. */
    static final Set<String> ON_ALL = Set.of("discard", "discardData", "dropBase", "reset", "revert", "tidy");

    private SharedRepository() {}

    /** The guests of the place and of other machines. */
    interface Guests {
        /** Waits for the former guest of a volume. */
        void await(String location);

        /** A guest of the place gets a volume. */
        void gets(String location);
    }

    static AttachedSr of(AttachedSr place, MergeTurns turns, Guests guests) {
        Repository inside = place.repository();
        Repository shared = (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(), new Class<?>[] {Repository.class}, (proxy, method, arguments) -> {
                    String step = method.getName();
                    List<String> locations =
                            ON_ALL.contains(step) || ON_VOLUMES.contains(step) ? locations(arguments) : List.of();
                    locations.forEach(guests::await);
                    if (ON_ALL.contains(step)) {
                        try (MergeTurns.Look look = turns.look(place.sr(), place.elsewhere())) {
                            return invoke(inside, method, arguments);
                        }
                    }
                    turns.stop(place.sr(), place.elsewhere(), locations);
                    Object result = invoke(inside, method, arguments);
                    if (step.equals("guestDisk")) {
                        locations.forEach(guests::gets);
                    }
                    return result instanceof Stage stage ? new SharedStage(place, turns, stage) : result;
                });
        return new AttachedSr(place.sr(), shared, place.elsewhere());
    }

    private static @Nullable Object invoke(Repository inside, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(inside, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static List<String> locations(Object[] arguments) {
        List<String> locations = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof String location) {
                locations.add(location);
            } else if (argument instanceof Map<?, ?> snapshots) {
                snapshots.keySet().forEach(location -> locations.add((String) location));
            }
        }
        return locations;
    }

    /** New contents, which remove layers when they take the place of the old ones. */
    private record SharedStage(AttachedSr place, MergeTurns turns, Stage inside) implements Stage {
        @Override
        public Image open() throws IOException {
            return inside.open();
        }

        @Override
        public Optional<Path> raw() {
            return inside.raw();
        }

        @Override
        public void take() throws IOException {
            try (MergeTurns.Look look = turns.look(place.sr(), place.elsewhere())) {
                inside.take();
            }
        }

        @Override
        public void close() throws IOException {
            inside.close();
        }
    }
}
