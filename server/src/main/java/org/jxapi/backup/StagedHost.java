package org.jxapi.backup;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.FolderLock;
import org.jxapi.store.FolderTree;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.StoreException;
import org.jxapi.store.VerifiedCopy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a restored host, in a folder of the data folder. They take their places at the next start: whenever the
 * daemon is killed, that start has all of the old files or all of the new ones. The old files stay in another folder.
 * Closing it removes what was not staged.
 *
 * <p>The rename to {@link #STAGED} decides. Each later step is a rename too, and the order of steps lets a start repeat all
 * of them. The database is the last one, because {@link StagedDatabase} has its own way to put it in place.
 */
public final class StagedHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StagedHost.class);
    /** How the names of folders begin that are being received, or that a backup is made in. */
    private static final String UNFINISHED = "jxapi-host-part-";

    static final String STAGED = "jxapi-host-staged";
    private static final String DONE = "jxapi-host-done";
    private static final String ASIDE = "jxapi-before-host-restore-";
    private static final String ORDER = "restore.json";
    private static final String DATABASE = "jxapi.mv.db";
    /** The settings file as it was, until the folder of the old files is there. */
    private static final String OLD_SETTINGS = "jxapid.conf.before";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * The work of the next start.
     *
     * @param aside the name of the folder for the old files
     * @param parts the names in the data folder for which there are new files
     * @param settings the path of the settings file that is replaced; null for none
     */
    record Order(String aside, List<String> parts, @Nullable String settings) {}

    private final Path data;
    private final Path folder;

    private StagedHost(Path data, Path folder) {
        this.data = data;
        this.folder = folder;
    }

    /** Begins with an empty folder, whose name no other work has. */
    static StagedHost begin(Path data) throws IOException {
        return new StagedHost(data, temporary(data));
    }

    /** An empty folder of the data folder, which the next start removes if it is left. */
    static Path temporary(Path data) throws IOException {
        return Files.createTempDirectory(data, UNFINISHED);
    }

    /** The folder for the new files. */
    Path folder() {
        return folder;
    }

    /** Removes the folders that the last run was working with. */
    public static void removeInterrupted(Path data) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(data, UNFINISHED + "*")) {
            for (Path each : folders) {
                FolderTree.delete(each);
            }
        } catch (IOException e) {
            LOG.warn("Folder {}: unfinished backups and restores cannot be removed: {}", data, Reason.of(e));
        }
    }

    /**
     * Has the next start use the files. On disk when this returns.
     *
     * @param settings the settings file that is replaced, if the folder has one
     */
    void stage(Optional<Path> settings) throws IOException {
        List<String> parts = SavedFiles.parts().stream()
                .filter(name -> Files.exists(folder.resolve(name)))
                .toList();
        String path = Files.exists(folder.resolve(SavedFiles.SETTINGS))
                ? settings.map(Path::toString).orElse(null)
                : null;
        SafeFile.write(folder.resolve(ORDER), JSON.writeValueAsBytes(new Order(free(), parts, path)));
        FolderTree.delete(data.resolve(STAGED));
        SafeFile.replace(folder, data.resolve(STAGED));
    }

    /** A name for the folder of the old files, which nothing in the data folder has. */
    private String free() {
        String name = ASIDE + STAMP.format(Instant.now());
        String free = name;
        for (int i = 2; Files.exists(data.resolve(free)); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    @Override
    public void close() {
        remove(folder);
    }

    private static void remove(Path folder) {
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            LOG.warn("Folder {}: cannot be removed: {}", folder, Reason.of(e));
        }
    }

    /**
     * Puts a restored host in place, if one is staged. The daemon's settings may be other ones then.
     *
     * @return whether it has done so
     * @throws StoreException when it cannot end what it has begun; the next start tries again
     */
    public static boolean use(Path data) {
        return use(data, () -> {});
    }

    /** The same. A test ends it before one of its steps, as a kill does. */
    static boolean use(Path data, Runnable step) {
        remove(data.resolve(DONE));
        Path staged = data.resolve(STAGED);
        if (!Files.isDirectory(staged)) {
            return false;
        }
        try (FolderLock lock = FolderLock.take(data)) {
            Order order = JSON.readValue(staged.resolve(ORDER).toFile(), Order.class);
            Path aside = data.resolve(order.aside());
            step.run();
            if (!Files.isDirectory(aside) && !begins(staged, order, step)) {
                SafeFile.replace(staged, data.resolve(DONE));
                remove(data.resolve(DONE));
                return false;
            }
            step.run();
            PrivateFolder.make(aside);
            SafeFile.sync(data);
            for (String part : SavedFiles.parts()) {
                place(
                        data.resolve(part),
                        staged.resolve(part),
                        aside.resolve(part),
                        order.parts().contains(part),
                        step);
            }
            if (Files.exists(staged.resolve(OLD_SETTINGS))) {
                step.run();
                SafeFile.replace(staged.resolve(OLD_SETTINGS), aside.resolve(SavedFiles.SETTINGS));
            }
            SafeFile.sync(aside);
            step.run();
            if (Files.exists(staged.resolve(DATABASE))) {
                StagedDatabase.take(staged, data);
            }
            step.run();
            SafeFile.replace(staged, data.resolve(DONE));
            LOG.warn("Host: restored, and the files as they were are in {}", aside);
        } catch (IOException e) {
            throw new StoreException(
                    "the restored host cannot be put in place in " + data + ": " + Reason.withFile(e), e);
        }
        remove(data.resolve(DONE));
        return true;
    }

    /** The first steps, after whose failure all stays as it was. Returns whether they have succeeded. */
    private static boolean begins(Path staged, Order order, Runnable step) throws IOException {
        Path settings = order.settings() == null ? null : Path.of(order.settings());
        try {
            VerifiedCopy.check(staged);
            if (settings != null) {
                replaceSettings(staged, settings, step);
            }
            return true;
        } catch (IOException | StoreException e) {
            LOG.error("Host: not restored, all stays as it was: {}", Reason.withFile(e));
            if (settings != null && Files.exists(staged.resolve(OLD_SETTINGS))) {
                SafeFile.rewrite(settings, Files.readAllBytes(staged.resolve(OLD_SETTINGS)));
            }
            return false;
        }
    }

    /** The old settings stay in the folder of the new ones first. */
    private static void replaceSettings(Path staged, Path settings, Runnable step) throws IOException {
        byte[] fresh = Files.readAllBytes(staged.resolve(SavedFiles.SETTINGS));
        byte[] before = Files.readAllBytes(settings);
        if (!Arrays.equals(fresh, before)) {
            SafeFile.write(staged.resolve(OLD_SETTINGS), before);
            step.run();
            SafeFile.rewrite(settings, fresh);
            step.run();
        }
    }

    /**
     * Moves an old file or folder away, and the new one into its place.
     *
     * @param given whether there is a new one; if it is not at its old place, it is in place already
     */
    private static void place(Path place, Path fresh, Path aside, boolean given, Runnable step) throws IOException {
        boolean waits = Files.exists(fresh, LinkOption.NOFOLLOW_LINKS);
        if (given && !waits) {
            return;
        }
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            step.run();
            SafeFile.replace(place, aside);
        }
        if (waits) {
            step.run();
            SafeFile.replace(fresh, place);
        }
    }
}
