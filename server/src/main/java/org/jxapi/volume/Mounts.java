package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.program.Program;
import org.jxapi.program.ProgramException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder in which every plugged repository has its place under its UUID, {@code /run/sr-mount} as on XenServer: a
 * mounted file system, or a link to the folder of a repository that is in a folder of this host.
 */
public final class Mounts {
    private static final Logger LOG = LoggerFactory.getLogger(Mounts.class);
    /** The start of the names of folders for short mounts. */
    private static final String SHORT = "probe-";

    private final Path root;
    private final Duration limit;
    private final Answers answers;

    /**
     * @param root the folder, which need not be there
     * @param limit how long a server or device may take to answer
     */
    public Mounts(Path root, Duration limit) {
        this.root = root.toAbsolutePath().normalize();
        this.limit = limit;
        this.answers = new Answers(limit);
    }

    Path root() {
        return root;
    }

    Duration limit() {
        return limit;
    }

    /** The place of a repository. */
    Path at(String uuid) {
        if (isUuid(uuid)) {
            return root.resolve(uuid);
        }
        throw SmFailure.SR_UNAVAILABLE.error("'" + uuid + "' is no UUID in lower case, so it cannot name a folder");
    }

    boolean mounted(Path at) {
        return MountTable.read().at(at).isPresent();
    }

    /** Fails unless a file system is mounted there, and answers. */
    void require(Path at, String name) {
        requireMounted(at, name);
        answers.require(at, name);
    }

    private void requireMounted(Path at, String name) {
        if (!mounted(at)) {
            throw SmFailure.SR_UNAVAILABLE.error(name + " is not mounted at " + at);
        }
    }

    /** Does work on a file system that is mounted there and answers; see {@link Answers#during}. */
    @Nullable
    Object during(Path at, String name, Callable<@Nullable Object> work) throws Exception {
        requireMounted(at, name);
        return answers.during(at, name, work);
    }

    /** Mounts a file system at its place, unless one is mounted there. */
    void mount(Path at, MountSource source) {
        if (!mounted(at)) {
            mountNew(at, source::mount);
            LOG.info("Mount {}: {}", at, source.place());
        }
    }

    private void mountNew(Path at, Consumer<Path> mount) {
        try {
            Files.createDirectories(at);
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
        try {
            mount.accept(at);
        } catch (RuntimeException | Error e) {
            removeFolder(at);
            throw e;
        }
    }

    /** Unmounts what is mounted at a place; a failure when it is in use. */
    void unmount(Path at, SmFailure failure) {
        if (mounted(at)) {
            try {
                Program.of("umount", at.toString()).within(limit).run();
            } catch (IOException e) {
                leave(at, failure, e);
            }
            answers.forget(at);
            LOG.info("Unmount {}: done", at);
        }
        removeFolder(at);
    }

    /** No guest uses a repository that is being unplugged. So one whose server is gone can be detached from its name. */
    private static void leave(Path at, SmFailure failure, IOException why) {
        boolean silent = why instanceof ProgramException program && program.kind() == ProgramException.Kind.TIMED_OUT;
        if (!silent) {
            throw failure.error(why);
        }
        try {
            Program.of("umount", "-f", "-l", at.toString()).run();
            LOG.warn("Unmount {}: the server does not answer, what was not written yet is lost", at);
        } catch (IOException e) {
            throw failure.error(e);
        }
    }

    private static void removeFolder(Path at) {
        try {
            Files.deleteIfExists(at);
        } catch (IOException e) {
            LOG.warn("Folder {}: cannot be removed: {}", at, e.getMessage());
        }
    }

    /** Mounts a file system at a folder of its own while it is used, for a probe or to make a repository in it. */
    <T> T briefly(Consumer<Path> mount, SmFailure failure, Function<Path, T> use) {
        Path at = root.resolve(SHORT + UUID.randomUUID());
        mountNew(at, mount);
        try {
            return use.apply(at);
        } finally {
            unmount(at, failure);
        }
    }

    /** The folders of a mounted file system that are named after repositories, in their order. */
    static List<String> uuids(Path at) {
        try (Stream<Path> list = Files.list(at)) {
            return list.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(Mounts::isUuid)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    private static boolean isUuid(String name) {
        try {
            return UUID.fromString(name).toString().equals(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Unmounts what a killed daemon has left of its short mounts. */
    public void start() {
        for (MountTable.Entry entry : MountTable.read().entries()) {
            Path at = entry.at();
            if (root.equals(at.getParent()) && at.getFileName().toString().startsWith(SHORT)) {
                try {
                    unmount(at, SmFailure.SR_UNAVAILABLE);
                } catch (RuntimeException e) {
                    LOG.warn("Unmount {}: {}", at, e.getMessage());
                }
            }
        }
    }

    /** Makes the place of a repository a link to its folder. */
    void link(String uuid, Path folder) {
        Path at = at(uuid);
        try {
            Files.createDirectories(root);
            if (Files.isSymbolicLink(at) && Files.readSymbolicLink(at).equals(folder)) {
                return;
            }
            // An old link, or an empty folder that a copy of the data folder has in its place.
            Files.deleteIfExists(at);
            Files.createSymbolicLink(at, folder);
        } catch (IOException e) {
            throw SmFailure.FILE_SR_CREATE.error(e);
        }
    }

    /** Removes the link of a repository. */
    void unlink(String uuid) {
        Path at = at(uuid);
        try {
            if (Files.isSymbolicLink(at)) {
                Files.delete(at);
            }
        } catch (IOException e) {
            LOG.warn("Link {}: cannot be removed: {}", at, e.getMessage());
        }
    }

    /** Removes a folder inside a mounted file system unless something is in it. */
    static void removeEmpty(Path folder, SmFailure failure) {
        try {
            Files.delete(folder);
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            // Files that are no disks stay where they are.
        } catch (IOException e) {
            throw failure.error(e);
        }
    }
}
