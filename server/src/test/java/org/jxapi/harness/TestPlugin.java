package org.jxapi.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Programs that clients call with host.call_plugin. */
public final class TestPlugin {
    /** An answer to a call begins with this, and ends with {@link #END}. */
    public static final String BEGIN = "<?xml version='1.0'?><methodResponse><params><param><value><struct>";

    public static final String END = "</struct></value></param></params></methodResponse>";

    private TestPlugin() {}

    /** Puts a program into a folder, and returns its file. */
    public static Path write(Path folder, String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The answer of a program that has done its work, in XML. */
    public static String success(String value) {
        return BEGIN + "<member><name>Status</name><value>Success</value></member><member><name>Value</name><value>"
                + value + "</value></member>" + END;
    }
}
