package org.jxapi.smapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Format;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;
import org.jxapi.image.RawImage;
import org.jxapi.volume.GuestDisk;

/**
 * A volume as a driver describes it.
 *
 * @param bytes the size of the disk
 * @param taken how many bytes it takes in the repository
 * @param path the file or block device with its contents
 * @param format the format of that
 */
record DriverVolume(String key, long bytes, long taken, Path path, Format format) {
    private static final String SCHEME_END = "+file://";

    static DriverVolume of(DriverProgram program, String call, JsonNode answer) throws DriverException {
        Fields fields = new Fields(program, call, answer);
        String key = fields.text("key");
        long bytes = fields.bytes("virtual_size");
        long taken = fields.bytes("physical_utilisation");
        for (JsonNode uri : answer.path("uri")) {
            for (Format format : Format.values()) {
                String start = format.text() + SCHEME_END;
                if (uri.asText().startsWith(start + "/")) {
                    return new DriverVolume(key, bytes, taken, path(fields, uri, start), format);
                }
            }
        }
        throw wrongUri(fields);
    }

    private static Path path(Fields fields, JsonNode uri, String start) throws DriverException {
        try {
            return Path.of(uri.asText().substring(start.length())).normalize();
        } catch (InvalidPathException e) {
            throw wrongUri(fields);
        }
    }

    private static DriverException wrongUri(Fields fields) {
        return fields.wrong("uri", "a list with raw+file:///PATH or qcow2+file:///PATH of a file or block device");
    }

    boolean isQcow2() {
        return format == Format.QCOW2;
    }

    Image open(boolean write) throws IOException {
        return isQcow2() ? Qcow2Image.open(path, write) : RawImage.open(path, bytes, write);
    }

    /** The file that may be copied as a whole; a block device is none. */
    Optional<Path> raw() {
        return Optional.of(path).filter(file -> !isQcow2() && Files.isRegularFile(file));
    }

    GuestDisk guestDisk() {
        return isQcow2()
                ? new GuestDisk(path, DiskFormat.QCOW2, DiskBackend.QDISK)
                : new GuestDisk(path, DiskFormat.RAW, DiskBackend.UNKNOWN);
    }
}
