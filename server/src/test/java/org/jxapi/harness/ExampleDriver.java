package org.jxapi.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The example of a storage driver from outside jxapi, and small drivers in shell. */
public final class ExampleDriver {
    private static final Path EXAMPLE = Path.of("..", "docs", "examples", "rawfolder");

    private ExampleDriver() {}

    /** Whether it can run on this machine. */
    public static boolean possible() {
        return Files.isExecutable(Path.of("/usr/bin/python3"));
    }

    /** Puts it into a folder of drivers. */
    public static Path copyTo(Path drivers) throws IOException {
        return write(drivers.resolve("rawfolder"), Files.readString(EXAMPLE));
    }

    /**
     * Puts a driver in shell into a folder of drivers, which may be there already.
     *
     * @param script the commands, in which {@code $1} is the name of the call
     */
    public static Path shell(Path drivers, String name, String script) throws IOException {
        return write(drivers.resolve(name), "#!/bin/sh\n" + script);
    }

    /** The answer of {@code Plugin.query} for a type, with features as in JSON: {@code "A","B"}. */
    public static String description(String type, String features) {
        return "{\"plugin\":\"" + type + "\",\"name\":\"n\",\"description\":\"d\",\"vendor\":\"Someone\","
                + "\"copyright\":\"c\",\"version\":\"3.1\",\"required_api_version\":\"5.0\",\"features\":[" + features
                + "],\"configuration\":{\"key\":\"meaning\"}}";
    }

    /** Writes an executable file. */
    public static Path write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
