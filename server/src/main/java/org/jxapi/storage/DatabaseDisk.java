package org.jxapi.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Volume;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/**
 * The head of a disk that holds a copy of a pool's database: lines of text, then zeros up to {@link #HEAD} bytes. The copy
 * follows.
 *
 * @param pool the pool's UUID
 * @param poolRef its reference in its own database
 * @param generation rises with each copy of the pool's database
 * @param length bytes of the copy on the disk
 * @param digest SHA-256 of the copy's contents, in hex
 */
public record DatabaseDisk(String pool, String poolRef, long generation, long length, String digest) {
    /** The size of the disk, in bytes. Only the copy takes space. */
    public static final long BYTES = 256L << 20;
    /** Where the copy begins. */
    public static final int HEAD = 4096;

    private static final String MAGIC = "jxapi database 1";
    private static final Pattern LINES = Pattern.compile(MAGIC
            + "\npool ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\nreference (OpaqueRef:[0-9A-Za-z-]{1,100})"
            + "\ngeneration ([0-9]{1,18})\nlength ([0-9]{1,18})\nsha256 ([0-9a-f]{64})\n");

    /**
     * The location of a pool's disk in a repository. It follows from both, so that no guest can pass off a disk of its own
     * as such a disk: the location of its disk is random, and not its choice.
     */
    public static String location(String srUuid, String poolUuid) {
        String name = "jxapi: the database of pool " + poolUuid + " in repository " + srUuid;
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** The settings of a pool's disk. */
    public static Row<VDI> settings(Ref<Pool> pool) {
        return Row.of(VDI.XEN_CLASS)
                .with(VDI.NAME_LABEL, "Metadata for DR")
                .with(VDI.NAME_DESCRIPTION, "Used for disaster recovery")
                .with(VDI.VIRTUAL_SIZE, BYTES)
                .with(VDI.TYPE, VdiType.METADATA)
                .with(VDI.METADATA_OF_POOL, pool);
    }

    /** The row of the disk that it was found on. */
    Row<VDI> placed(Row<VDI> disk) {
        Row<VDI> named = settings(Pool.XEN_CLASS.ref(poolRef));
        return disk.with(VDI.NAME_LABEL, named.get(VDI.NAME_LABEL))
                .with(VDI.NAME_DESCRIPTION, named.get(VDI.NAME_DESCRIPTION))
                .with(VDI.TYPE, named.get(VDI.TYPE))
                .with(VDI.METADATA_OF_POOL, named.get(VDI.METADATA_OF_POOL));
    }

    /** Writes it to the beginning of a disk. */
    public void write(OpenDisk disk) {
        String text = MAGIC + "\npool " + pool + "\nreference " + poolRef + "\ngeneration " + generation + "\nlength "
                + length + "\nsha256 " + digest + "\n";
        disk.write(0, Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), HEAD), HEAD);
    }

    /** Reads it; empty when the disk has none. */
    public static Optional<DatabaseDisk> read(OpenDisk disk) {
        if (disk.bytes() < HEAD) {
            return Optional.empty();
        }
        byte[] head = new byte[HEAD];
        disk.read(0, head, HEAD);
        int end = 0;
        while (end < HEAD && head[end] != 0) {
            end++;
        }
        Matcher lines = LINES.matcher(new String(head, 0, end, StandardCharsets.US_ASCII));
        if (!lines.matches() || Long.parseLong(lines.group(4)) > disk.bytes() - HEAD) {
            return Optional.empty();
        }
        return Optional.of(new DatabaseDisk(
                lines.group(1),
                lines.group(2),
                Long.parseLong(lines.group(3)),
                Long.parseLong(lines.group(4)),
                lines.group(5)));
    }

    /** The head of a volume that a scan has found; empty when it is a disk like any other, or cannot be read. */
    static Optional<DatabaseDisk> of(Repository repository, String srUuid, Volume volume) {
        if (volume.bytes() != BYTES || repository.readOnly()) {
            return Optional.empty();
        }
        try (OpenDisk disk = OpenDisk.toRead(repository.open(volume.location(), false), volume.bytes())) {
            return read(disk).filter(head -> location(srUuid, head.pool()).equals(volume.location()));
        } catch (IOException | XenApiException e) {
            return Optional.empty();
        }
    }
}
