package org.jxapi.archive;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jxapi.measure.Rrd;
import org.jxapi.measure.RrdReader;
import org.jxapi.measure.RrdText;
import org.jxapi.store.SafeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of measurements: {@code UUID.gz}, the XML form in gzip, as XAPI keeps them. A file of XAPI can be put into the
 * folder. A damaged file is set aside.
 */
public final class RrdFolder {
    private static final Logger LOG = LoggerFactory.getLogger(RrdFolder.class);
    private static final String ENDING = ".gz";
    private static final String DAMAGED = ".damaged";
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Path folder;

    public RrdFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, for its owner only. */
    void create() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    Path path() {
        return folder;
    }

    private Optional<Path> file(String uuid) {
        return UUID.matcher(uuid).matches() ? Optional.of(folder.resolve(uuid + ENDING)) : Optional.empty();
    }

    /** Reads an owner's file; empty when there is none, or it is damaged. */
    public Optional<Rrd> read(String uuid) {
        Optional<Path> file = file(uuid).filter(Files::exists);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file.get())))) {
            return Optional.of(RrdReader.read(in));
        } catch (IOException e) {
            setAside(file.get(), e);
            return Optional.empty();
        }
    }

    private static void setAside(Path file, IOException e) {
        Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
        LOG.warn("Measurements: {} is damaged, and is now {}: {}", file, aside.getFileName(), e.getMessage());
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException again) {
            LOG.warn("Measurements: {} cannot be set aside: {}", file, again.getMessage());
        }
    }

    /** Writes an owner's file, or another in its place; on disk when this returns. */
    public void write(String uuid, Rrd rrd) throws IOException {
        Path file = file(uuid).orElseThrow(() -> new IOException("no UUID: " + uuid));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(RrdText.xml(rrd, true).getBytes(StandardCharsets.UTF_8));
        }
        SafeFile.write(file, bytes.toByteArray());
    }

    /** Removes an owner's file; nothing happens when there is none. */
    void remove(String uuid) {
        file(uuid).ifPresent(file -> {
            try {
                Files.deleteIfExists(file);
                Files.deleteIfExists(file.resolveSibling(file.getFileName() + DAMAGED));
            } catch (IOException e) {
                LOG.warn("Measurements: {} cannot be removed: {}", file, e.getMessage());
            }
        });
    }

    /** The owners that have a file. */
    Set<String> uuids() {
        Set<String> all = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String uuid = name.substring(0, name.length() - ENDING.length());
                if (UUID.matcher(uuid).matches()) {
                    all.add(uuid);
                }
            }
        } catch (IOException e) {
            LOG.warn("Measurements: {} cannot be read: {}", folder, e.getMessage());
        }
        return all;
    }
}
