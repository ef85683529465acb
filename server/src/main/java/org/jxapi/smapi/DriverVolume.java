package org.jxapi.smapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A volume as a driver describes it.
 *
 * @param bytes the size of the disk
 * @param taken how many bytes it takes in the repository
 * @param path the raw file or block device with its contents
 */
record DriverVolume(String key, long bytes, long taken, Path path) {
    private static final String RAW = "raw+file://";

    static DriverVolume of(DriverProgram program, String call, JsonNode answer) throws DriverException {
        Fields fields = new Fields(program, call, answer);
        return new DriverVolume(
                fields.text("key"), fields.bytes("virtual_size"), fields.bytes("physical_utilisation"), path(fields));
    }

    /** The first address that jxapid understands. */
    private static Path path(Fields fields) throws DriverException {
        for (JsonNode uri : fields.answer().path("uri")) {
            if (uri.asText().startsWith(RAW + "/")) {
                try {
                    return Path.of(uri.asText().substring(RAW.length())).normalize();
                } catch (InvalidPathException e) {
                    break;
                }
            }
        }
        throw fields.wrong("uri", "a list with " + RAW + "/PATH of a raw file or block device");
    }
}
