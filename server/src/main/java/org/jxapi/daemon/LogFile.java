package org.jxapi.daemon;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.RollingFileAppender;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/** A log file, and those that it was before, which only its owner and group can read (mode 0640). */
final class LogFile extends RollingFileAppender<ILoggingEvent> {
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-r-----");

    /** Makes the file if it is not there, and sees that it can be written. */
    static void prepare(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(MODE));
        } else if (!Files.isRegularFile(file)) {
            String kind = Files.isDirectory(file) ? "Is a directory" : "Not a regular file";
            throw new FileSystemException(file.toString(), null, kind);
        }
        FileChannel.open(file, StandardOpenOption.APPEND).close();
        Files.setPosixFilePermissions(file, MODE);
    }

    /** Called at the start and after each rotation. */
    @Override
    public void openFile(String name) throws IOException {
        Path file = Path.of(name);
        prepare(file);
        super.openFile(name);
        try (Stream<Path> siblings = Files.list(file.getParent())) {
            for (Path earlier : siblings.toList()) {
                if (earlier.getFileName().toString().startsWith(file.getFileName() + ".")) {
                    Files.setPosixFilePermissions(earlier, MODE);
                }
            }
        }
    }
}
