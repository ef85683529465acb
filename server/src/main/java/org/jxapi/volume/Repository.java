package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jxapi.image.Image;

/**
 * A storage repository as its driver works on it. It holds volumes, each named by its location. Methods that throw
 * IOException leave the choice of the XenAPI's error to the caller. No two threads change a volume at the same time.
 *
 * <p>A volume counts only once its row is in the database. {@link #begin} marks a location before anything is made or
 * removed there, and {@link #keep} or {@link #discard} end that. After a crash {@link #tidy} asks which rows there are.
 */
public interface Repository extends ChangeTracking, Leased {
    /** The place that it is in, as operators would name it. Two repositories with equal places are one. */
    String place();

    /** The folder that holds its volumes, if it keeps them in a folder of this host's file system. */
    default Optional<Path> folder() {
        return Optional.empty();
    }

    /** Whether its volumes are those of others, which guests can only read. */
    default boolean readOnly() {
        return false;
    }

    /** Makes a new repository at its place, which must be empty. */
    void create();

    /** Makes the repository usable on this host. Attaching it twice does no harm. */
    void attach();

    /** The opposite of {@link #attach}; nothing is lost. */
    void detach();

    /** Removes the repository, which has no volumes. Files that it did not make stay. */
    void destroy();

    Usage usage();

    /** All its volumes, in the order of their locations. */
    List<Volume> volumes();

    /** Whether there can be a volume of that name. */
    boolean names(String location);

    /**
     * The location of a disk that is about to be made.
     *
     * @param uuid of the disk
     * @param smConfig the {@code VDI.sm_config} that its creator wants
     */
    default String newLocation(String uuid, Map<String, String> smConfig) {
        return uuid;
    }

    /** Whether new disks have the very size that their creator asks for; others have a whole number of MiB. */
    default boolean exactSizes() {
        return false;
    }

    /** Whether the volume is there. */
    boolean holds(String location);

    /** The file or device of a volume, which need not be there. */
    Path path(String location);

    /** The size of the disk, in bytes. */
    long bytes(String location) throws IOException;

    /** How many bytes the volume takes, holes not counted. */
    long taken(String location) throws IOException;

    /** {@code VDI.sm_config} of a volume, as far as the driver decides it. */
    Map<String, String> smConfig(String location) throws IOException;

    /**
     * Marks a location: its volume counts only if the database has its row. Where a volume can be made together with its
     * mark, the mark comes then.
     */
    void begin(String location) throws IOException;

    /** Whether the location is marked. */
    boolean pending(String location);

    /** Those of the locations that are marked. */
    default Set<String> pending(Set<String> locations) {
        return locations.stream().filter(this::pending).collect(Collectors.toSet());
    }

    /** Ends the mark of a volume whose row is durable. A mark that stays does no harm. */
    void keep(String location);

    /** Makes sure that a volume whose row is about to go has no mark, also after a power cut: it stays without a row. */
    default void settle(String location) throws IOException {
        keep(location);
        if (pending(location)) {
            throw new IOException("the mark of volume " + location + " in " + place() + " cannot be removed");
        }
    }

    /** Removes a volume with everything that belongs to it, and then the mark. A volume that is not there is no error. */
    void discard(String location) throws IOException;

    /**
     * Makes a volume full of zeros, which takes no space yet.
     *
     * @param plain whether its file must hold the plain contents, since libxl or several guests use it
     */
    void create(String location, long bytes, boolean plain) throws IOException;

    /** Makes a volume full of zeros, in the format that is best for a disk. */
    default void create(String location, long bytes) throws IOException {
        create(location, bytes, false);
    }

    /**
     * Makes a volume full of zeros in the format in which QEMU can take over the disk of a running guest; false when the
     * repository has no such format.
     */
    default boolean createForQemu(String location, long bytes) throws IOException {
        return false;
    }

    /** The image that a guest writes to through QEMU, which no merge works on any more; empty when no guest does. */
    default Optional<LiveImage> live(String location) throws IOException {
        return Optional.empty();
    }

    /**
     * Makes a volume of an image that another tool has made, by a second name for its file. The first name stays.
     *
     * @param qcow2 whether it is a qcow2 image; else it is raw
     * @return false, and nothing is made, if the repository keeps no images in files, or none of this file system
     */
    default boolean adopt(String location, Path file, boolean qcow2) throws IOException {
        return false;
    }

    /** Makes a volume with the contents that another has now, at once; false when that takes a copy. */
    boolean clone(String from, String to) throws IOException;

    /** The same for a snapshot, which gets the log of {@code from}, if there is one, and its place among the snapshots. */
    default boolean snapshot(String from, String to) throws IOException {
        return clone(from, to);
    }

    /**
     * Makes snapshots of several volumes as they are at one moment, while their guest runs. The new locations are marked as
     * {@link #begin} does it.
     *
     * @param snapshots the new volumes, by the volumes that they are of
     * @return false, and nothing is marked or made, when it takes a pause of the guest or a copy
     */
    default boolean snapshotAll(Map<String, String> snapshots) throws IOException {
        return false;
    }

    /** Gives a volume the contents that another has now, at once and in one step; false when that takes a copy. */
    boolean revert(String from, String to) throws IOException;

    /** Makes the disk larger; what is added reads as zeros. Guests that use it learn of it. */
    void resize(String location, long bytes) throws IOException;

    /** Opens the contents of a volume. */
    Image open(String location, boolean write) throws IOException;

    /** Opens a volume to be read, and compares it with another of this repository. */
    default Differences differences(String location, String base) throws IOException {
        return Differences.of(open(location, false), () -> open(base, false));
    }

    /** The file of a volume if it is a raw one, which may be copied as a whole. */
    Optional<Path> raw(String location);

    /** How a domain gets the volume. */
    GuestDisk guestDisk(String location);

    /** Starts new contents full of zeros for a volume. */
    Stage stage(String location, long bytes) throws IOException;

    /**
     * Starts new contents for a volume that are those it has now.
     *
     * @param progress gets the fraction that is done, from 0 to 1; an exception from it ends the copy
     */
    Stage stageCopy(String location, DoubleConsumer progress) throws IOException;

    /** Keeps the present contents of a volume, for {@link #reset}. */
    void keepBase(String location) throws IOException;

    /** Gives a volume the contents that were kept, in that size. */
    void reset(String location, long bytes) throws IOException;

    /** Forgets the contents that were kept. */
    void dropBase(String location) throws IOException;

    /**
     * Makes one step to shorten chains of images: merges one layer that no volume needs apart. It stops by itself when an
     * operation needs one of its volumes.
     *
     * @param idle whether no operation works on a volume, so that at most running guests use it
     * @param progress gets the fraction that is done, from 0 to 1
     * @return false when there was nothing to do, or the step was stopped
     */
    default boolean coalesce(Predicate<String> idle, DoubleConsumer progress) throws IOException {
        return false;
    }

    /**
     * Removes what no row has: volumes under a mark, incomplete contents, and kept contents of volumes that do not reset.
     *
     * @param rows whether the database has a disk at a location
     * @param resets whether that disk goes back to kept contents
     */
    default void tidy(Predicate<String> rows, Predicate<String> resets) throws IOException {
        tidy(location -> true, rows, resets);
    }

    /**
     * The same while operations may be under way.
     *
     * @param free whether no operation works on a location, and none begins before this returns. It is asked after
     *     something was found there, and before anything is changed, and {@code rows} and {@code resets} are asked after it.
     */
    void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException;
}
