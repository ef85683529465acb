package org.jxapi.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.diagnosis.HostFiles;
import org.jxapi.local.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's own files and facts, for reports. */
final class DaemonFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonFiles.class);

    private DaemonFiles() {}

    /** @param secrets by which hosts of the pool know each other */
    static HostFiles of(Settings settings, boolean simulated, Supplier<List<String>> secrets) {
        String versions = "jxapid " + Version.JXAPI
                + "\nJava " + System.getProperty("java.vm.version") + " " + System.getProperty("java.vendor")
                + "\n" + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
        return new HostFiles(
                !simulated,
                versions,
                () -> settings.toString().replace(", ", "\n"),
                () -> Stream.concat(passwords(settings.passwordFile()).stream(), secrets.get().stream())
                        .toList(),
                () -> logFiles(settings.logFile()),
                RecentLog.SHARED::text);
    }

    private static List<String> passwords(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(String::strip).filter(line -> !line.isEmpty()).toList();
        } catch (IOException e) {
            LOG.debug("{} cannot be read", file, e);
            return List.of();
        }
    }

    /** The log file and those that it was before. */
    private static List<Path> logFiles(@Nullable Path file) {
        Path folder = file == null ? null : file.getParent();
        if (file == null || folder == null) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(each -> each.getFileName()
                            .toString()
                            .startsWith(file.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.warn("Folder {}: the log cannot be listed: {}", folder, e.getMessage());
            return List.of(file);
        }
    }
}
