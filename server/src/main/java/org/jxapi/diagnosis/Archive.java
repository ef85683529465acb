package org.jxapi.diagnosis;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jxapi.transfer.Tar;

/** An archive that is written while its parts are made. Closing it completes it. */
interface Archive extends Closeable {
    /** Adds a file under that name. */
    void add(String name, Path file) throws IOException;

    /** A form of archive: the client's name of it, its content-type as XAPI spells it, and how one begins. */
    enum Form {
        TAR("tar", "appliation/x-tar") {
            @Override
            Archive begin(OutputStream out) {
                return new TarArchive(out);
            }
        },
        TAR_BZ2("tar.bz2", "application/x-bzip2") {
            @Override
            Archive begin(OutputStream out) throws IOException {
                return new TarArchive(new Bzip2Stream(out));
            }
        },
        TAR_GZ("tar.gz", "application/x-gzip") {
            @Override
            Archive begin(OutputStream out) throws IOException {
                return new TarArchive(new GZIPOutputStream(out));
            }
        },
        ZIP("zip", "application/zip") {
            @Override
            Archive begin(OutputStream out) {
                return new ZipArchive(new ZipOutputStream(out));
            }
        };

        final String extension;
        final String contentType;

        Form(String extension, String contentType) {
            this.extension = extension;
            this.contentType = contentType;
        }

        abstract Archive begin(OutputStream out) throws IOException;

        /** The form of that name. */
        static Optional<Form> of(String name) {
            return Arrays.stream(values())
                    .filter(form -> form.extension.equals(name))
                    .findFirst();
        }
    }

    /** A tar. */
    record TarArchive(OutputStream out) implements Archive {
        @Override
        public void add(String name, Path file) throws IOException {
            long size = Files.size(file);
            out.write(Tar.header(name, size));
            Files.copy(file, out);
            out.write(new byte[Tar.padding(size)]);
        }

        @Override
        public void close() throws IOException {
            out.write(new byte[2 * Tar.BLOCK]);
            out.close();
        }
    }

    /** A zip. */
    record ZipArchive(ZipOutputStream out) implements Archive {
        @Override
        public void add(String name, Path file) throws IOException {
            out.putNextEntry(new ZipEntry(name));
            Files.copy(file, out);
            out.closeEntry();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
