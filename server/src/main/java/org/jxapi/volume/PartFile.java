package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.jxapi.store.SafeFile;

/** New contents in a file next to the old one. */
record PartFile(Path part, Path file) implements Stage {
    @Override
    public Image open() throws IOException {
        return RawImage.open(part, Files.size(part), true);
    }

    @Override
    public Optional<Path> raw() {
        return Optional.of(part);
    }

    @Override
    public void take() throws IOException {
        SafeFile.sync(part);
        SafeFile.replace(part, file);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(part);
    }
}
