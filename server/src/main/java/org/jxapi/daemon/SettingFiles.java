package org.jxapi.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.PemFiles;
import org.jxapi.session.Passwords;

/**
 * Checks the files, folders and addresses that settings name. Each problem is passed on with the key of its setting. Nothing
 * is created, opened for writing or bound.
 */
final class SettingFiles {
    /** The path of a unix socket is at most that long, in bytes. */
    private static final int LONGEST_SOCKET = 107;

    private final BiConsumer<String, String> problems;

    private SettingFiles(BiConsumer<String, String> problems) {
        this.problems = problems;
    }

    /** @param given keys that somebody has set: a default may name a folder that is not there */
    static void check(Settings settings, Set<String> given, BiConsumer<String, String> problems) {
        SettingFiles files = new SettingFiles(problems);
        files.folder("data-dir", settings.dataDir());
        files.folder("backup-dir", settings.backups().folder());
        if (settings.storage().folder() != null) {
            files.folder("sr-mount-dir", settings.storage().folder());
        }
        if (given.contains("storage-driver-dir")
                && !Files.isDirectory(settings.storage().drivers())) {
            files.problem("storage-driver-dir", settings.storage().drivers(), "is no folder; create it");
        }
        if (given.contains("plugin-dir") && !Files.isDirectory(settings.plugins())) {
            files.problem("plugin-dir", settings.plugins(), "is no folder; create it");
        }
        if (settings.webDir() != null) {
            files.page("web-dir", settings.webDir());
        }
        files.certificate(settings.certificate());
        files.password(settings.rootPasswordFile());
        if (settings.uefiFirmware() != null) {
            files.readable("uefi-firmware", settings.uefiFirmware());
        }
        if (settings.logFile() != null) {
            files.writable("log-file", settings.logFile());
        }
        files.socket(settings.unixSocket());
        files.addresses(settings);
        if (settings.hypervisor() == HypervisorChoice.LIBXL && !Hypervisors.controlDomain()) {
            problems.accept(
                    "hypervisor",
                    "--hypervisor is libxl, but this machine is no control domain of Xen; set it to auto or simulator");
        }
    }

    private void problem(String key, Path path, String text) {
        problems.accept(key, "--" + key + ": " + path + " " + text);
    }

    /** A folder that jxapid uses, and creates when it is not there. */
    private void folder(String key, Path folder) {
        if (Files.exists(folder)) {
            if (!Files.isDirectory(folder)) {
                problem(key, folder, "is no folder; choose another path");
            } else if (!Files.isWritable(folder)) {
                problem(key, folder, "cannot be written by this user; run jxapid as its owner");
            }
            return;
        }
        Path above = folder.getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        if (above != null && !(Files.isDirectory(above) && Files.isWritable(above))) {
            problem(key, folder, "cannot be created: this user cannot write to " + above);
        }
    }

    /** The folder of a file that jxapid makes. */
    private void folderOf(String key, Path file) {
        Path folder = file.getParent();
        if (folder == null) {
            problem(key, file, "is no file");
        } else {
            folder(key, folder);
        }
    }

    /** A folder with a page for browsers. */
    private void page(String key, Path folder) {
        if (!Files.isDirectory(folder)) {
            problem(key, folder, "is no folder; choose another path");
        } else if (!Files.isReadable(folder.resolve("index.html"))) {
            problem(key, folder, "has no index.html that this user can read");
        }
    }

    private void readable(String key, Path file) {
        if (!Files.isRegularFile(file)) {
            problem(key, file, Files.exists(file) ? "is no file" : "does not exist");
        } else if (!Files.isReadable(file)) {
            problem(key, file, "cannot be read by this user");
        }
    }

    private void writable(String key, Path file) {
        if (!Files.exists(file)) {
            folderOf(key, file);
        } else if (!Files.isRegularFile(file)) {
            problem(key, file, "is no file");
        } else if (!Files.isWritable(file)) {
            problem(key, file, "cannot be written by this user");
        }
    }

    private void certificate(@Nullable PemFiles files) {
        if (files != null) {
            try {
                files.readValid(Instant.now());
            } catch (IOException e) {
                problems.accept("certificate", "--certificate and --private-key: " + e.getMessage());
            }
        }
    }

    private void password(@Nullable Path file) {
        if (file != null) {
            try {
                Passwords.of(file);
            } catch (IOException e) {
                problems.accept("root-password-file", "--root-password-file: " + e.getMessage());
            }
        }
    }

    private void socket(@Nullable Path socket) {
        if (socket == null) {
            return;
        }
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            problem("unix-socket", socket, "is too long for a socket, which takes " + LONGEST_SOCKET + " bytes");
        } else if (Files.isRegularFile(socket) || Files.isDirectory(socket)) {
            problem("unix-socket", socket, "is there, and is no socket");
        } else {
            folderOf("unix-socket", socket);
        }
    }

    private void addresses(Settings settings) {
        Map<Integer, String> ports = new HashMap<>();
        address("http", settings.http(), ports);
        address("https", settings.https(), ports);
        address("nbd", settings.nbd(), ports);
        address("agent", settings.agent(), ports);
        address("replication", settings.replication(), ports);
    }

    private void address(String key, @Nullable Endpoint endpoint, Map<Integer, String> ports) {
        if (endpoint == null) {
            return;
        }
        try {
            InetAddress.getByName(endpoint.address());
        } catch (UnknownHostException e) {
            problems.accept(key, "--" + key + ": this machine does not know the address " + endpoint.address());
        }
        String other = endpoint.port() == 0 ? null : ports.putIfAbsent(endpoint.port(), key);
        if (other != null) {
            problems.accept(
                    key, "--" + key + " has port " + endpoint.port() + ", as --" + other + " has; choose another");
        }
    }
}
