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
import java.util.Optional;
import java.util.Set;
import org.jxapi.store.SafeFile;

/** The lease of the repository in a folder: {@code .jxapi-lease} has the text of a {@link Holder}. */
record LeaseFile(Path folder) implements Leased {
    private static final String NAME = ".jxapi-lease";

    private Path file() {
        return folder.resolve(NAME);
    }

    @Override
    public Optional<Holder> holder() throws IOException {
        try {
            return Optional.of(Holder.read(Files.readString(file(), StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean lease(Holder holder) throws IOException {
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

    @Override
    public void breakLease(Holder by) throws IOException {
        SafeFile.write(file(), text(by));
    }

    @Override
    public void release(Holder holder) throws IOException {
        if (holder().filter(present -> present.is(holder)).isPresent()) {
            Files.deleteIfExists(file());
            SafeFile.sync(folder);
        }
    }

    private static byte[] text(Holder holder) {
        return holder.text().getBytes(StandardCharsets.UTF_8);
    }
}
