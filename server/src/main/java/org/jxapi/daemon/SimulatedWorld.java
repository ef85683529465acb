package org.jxapi.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.session.Passwords;
import org.jxapi.simulator.WorldBuilder;
import org.jxapi.simulator.WorldException;
import org.jxapi.simulator.WorldFile;
import org.jxapi.simulator.WorldUser;
import org.jxapi.store.SafeFile;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The world of a simulated host. The data folder keeps its file, since later starts need the same host. */
final class SimulatedWorld {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedWorld.class);

    /** The world that was read last: a start asks for its world several times. */
    private static volatile @Nullable WorldFile last;

    private SimulatedWorld() {}

    private static Path kept(Settings settings) {
        return settings.dataDir().resolve("simulator").resolve("world.yaml");
    }

    /** The world of the data folder, or the one of the settings for a new folder; null for none. */
    static @Nullable WorldFile of(Settings settings) throws IOException {
        String given = settings.simulator().world();
        Path kept = kept(settings);
        try {
            if (Files.exists(kept)) {
                String text = Files.readString(kept);
                WorldFile known = last;
                return known != null && known.text().equals(text)
                        ? known
                        : read(WorldFile.parse(kept.toString(), text));
            }
            Path folder = settings.dataDir().resolve("simulator");
            if (given == null || Files.exists(folder)) {
                return null;
            }
            WorldFile world = WorldFile.read(given);
            Files.createDirectories(folder);
            SafeFile.write(kept, world.text().getBytes(StandardCharsets.UTF_8));
            return read(world);
        } catch (WorldException e) {
            throw new IOException("--simulator-world: " + e.getMessage(), e);
        }
    }

    private static WorldFile read(WorldFile world) {
        last = world;
        return world;
    }

    /** How far the clock of this data folder's world is ahead of the machine's; negative when it is behind. */
    static Duration ahead(Settings settings) throws IOException {
        WorldFile world = of(settings);
        if (world == null || world.time() == null) {
            return Duration.ZERO;
        }
        // The world has begun when its file was written, and its time goes on since.
        return Duration.between(Files.getLastModifiedTime(kept(settings)).toInstant(), world.time());
    }

    /** The users of the world but root, by names; none without one. */
    static Map<String, WorldUser> users(Settings settings) throws IOException {
        Map<String, WorldUser> users = new LinkedHashMap<>();
        WorldFile world = of(settings);
        if (world != null) {
            world.users().stream().filter(user -> !user.isRoot()).forEach(user -> users.put(user.name(), user));
        }
        return users;
    }

    /** The builder of the world of a data folder that is new; null without one. Called before the first boot. */
    static @Nullable WorldBuilder begin(Settings settings, Store store) throws IOException {
        WorldFile world = of(settings);
        boolean fresh = store.snapshot().count(Pool.XEN_CLASS) == 0;
        if (!fresh) {
            if (settings.simulator().world() != null) {
                LOG.info("Simulator: the data folder has its world already, so --simulator-world changes nothing");
            }
            return null;
        }
        if (world == null) {
            return null;
        }
        String password = world.users().stream()
                .filter(WorldUser::isRoot)
                .map(WorldUser::password)
                .findFirst()
                .orElse(null);
        if (password != null) {
            Passwords.set(settings.passwordFile(), password);
        }
        return new WorldBuilder(world, store);
    }
}
