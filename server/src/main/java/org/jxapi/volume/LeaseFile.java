package org.jxapi.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jxapi.store.SafeFile;

/**
 * The lease of the repository in a folder: {@code .jxapi-lease} has the parts of a {@link Holder}, a line each. Earlier versions
 * wrote only the first three.
 */
record LeaseFile(Path folder) {
    private static final String NAME = ".jxapi-lease";
    private static final int LEAST_LINES = 3;
    private static final int LINES = 5;

    private Path file() {
        return folder.resolve(NAME);
    }

    Optional<Holder> holder() throws IOException {
        try {
            return Optional.of(
                    holder(Files.readString(file(), StandardCharsets.UTF_8).split("\n", -1)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Holder holder(String[] lines) {
        if (lines.length > LINES && lines[LINES - 1].matches("\\d{1,18}")) {
            return new Holder(lines[0], lines[1], lines[2], lines[3], Long.parseLong(lines[LINES - 1]));
        }
        return lines.length > LEAST_LINES ? new Holder(lines[0], lines[1], lines[2], "", 0) : Holder.UNKNOWN;
    }

    boolean take(Holder holder) throws IOException {
        Optional<Holder> present = holder();
        if (present.isPresent()) {
            return present.get().is(holder);
        }
        // Of two hosts that see no file, the server lets one make it.
        try (FileChannel channel = FileChannel.open(
                file(), Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), SafeFile.PRIVATE)) {
            ByteBuffer text = ByteBuffer.wrap(text(holder));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        } catch (FileAlreadyExistsException e) {
            return false;
        }
        SafeFile.sync(folder);
        return true;
    }

    void replace(Holder by) throws IOException {
        SafeFile.write(file(), text(by));
    }

    void release(Holder holder) throws IOException {
        if (holder().filter(present -> present.is(holder)).isPresent()) {
            Files.deleteIfExists(file());
            SafeFile.sync(folder);
        }
    }

    private static byte[] text(Holder holder) {
        List<String> lines =
                List.of(holder.host(), holder.machine(), holder.name(), holder.pool(), Long.toString(holder.term()));
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
