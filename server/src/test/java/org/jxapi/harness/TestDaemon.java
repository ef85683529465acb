package org.jxapi.harness;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A jxapid that a test can reach, however it was started. */
public interface TestDaemon {
    /** Its addresses, as its ready line has them. */
    List<String> endpoints();

    /** The folder of its data, its socket and its log. */
    Path folder();

    long pid();

    default Path data() {
        return folder().resolve("data");
    }

    default Path socket() {
        return folder().resolve("sock");
    }

    default Path log() {
        return folder().resolve("log");
    }

    /** The first address that begins so. */
    default String endpoint(String start) {
        return endpoints().stream().filter(e -> e.startsWith(start)).findFirst().orElseThrow();
    }

    default URL http() throws MalformedURLException {
        return URI.create(endpoint("http://") + "/").toURL();
    }

    default URI https() {
        return URI.create(endpoint("https://"));
    }

    default String password() throws IOException {
        return Files.readString(data().resolve("root-password")).strip();
    }
}
