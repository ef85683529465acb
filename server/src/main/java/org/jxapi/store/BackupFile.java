package org.jxapi.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A backup of the database: a zip with one database file, whose name says when it was made and which change is its newest.
 */
record BackupFile(Path path, Instant at, long sequence) {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    /** How a zip begins, whatever somebody has named it. */
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private static final Pattern NAME = Pattern.compile("jxapi-(\\d{8}T\\d{6}Z)-(\\d{1,18})\\.zip");

    /** The name of a backup of that time and newest change. */
    static BackupFile in(Path folder, Instant at, long sequence) {
        return new BackupFile(folder.resolve("jxapi-" + STAMP.format(at) + "-" + sequence + ".zip"), at, sequence);
    }

    /** The backups of a folder, the newest first; none when there is no folder. */
    static List<BackupFile> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.flatMap(file -> of(file).stream())
                    .sorted(Comparator.comparing(BackupFile::at).reversed())
                    .toList();
        }
    }

    private static Optional<BackupFile> of(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        try {
            Instant at = STAMP.parse(name.group(1), Instant::from);
            return Optional.of(new BackupFile(file, at, Long.parseLong(name.group(2))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The newest backup in words for a message; nothing when there is none. */
    static Optional<String> describeNewest(Path folder) {
        try {
            return list(folder).stream()
                    .findFirst()
                    .map(newest -> newest.path + ", made at " + newest.at + " with changes up to " + newest.sequence);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes the database that is in a zip, or a plain database file, to a file that only its owner can read. */
    static void extract(Path backup, Path to) throws IOException {
        extract(backup, to, Long.MAX_VALUE);
    }

    /**
     * The same.
     *
     * @param most the number of bytes that the file may have; IOException for a database that has more
     */
    static void extract(Path backup, Path to, long most) throws IOException {
        Files.deleteIfExists(to);
        Files.createFile(to, SafeFile.PRIVATE);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(backup))) {
            in.mark(ZIP.length);
            boolean zipped = Arrays.equals(in.readNBytes(ZIP.length), ZIP);
            in.reset();
            if (zipped) {
                ZipInputStream zip = new ZipInputStream(in);
                ZipEntry entry = zip.getNextEntry();
                while (entry != null && !entry.getName().endsWith(".mv.db")) {
                    entry = zip.getNextEntry();
                }
                if (entry == null) {
                    throw new IOException("it holds no database");
                }
                write(zip, to, most);
            } else {
                write(in, to, most);
            }
        }
    }

    private static void write(InputStream in, Path to, long most) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = most;
        try (FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                left -= count;
                if (left < 0) {
                    throw new IOException("No space left on device");
                }
                java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(buffer, 0, count);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            out.force(true);
        }
    }
}
