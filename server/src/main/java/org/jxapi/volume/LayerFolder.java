package org.jxapi.volume;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Backing;
import org.jxapi.image.Format;
import org.jxapi.image.Qcow2Image;
import org.jxapi.store.SafeFile;

/** Layers in a folder: each is a file, which takes the room that its data need. */
record LayerFolder(Path folder) implements LayerStore {
    /** A name that a file has while it gets a second one. */
    static final String ALIAS = ".jxapi-alias";

    @Override
    public List<String> names(String prefix, String suffix) throws IOException {
        return VolumeFiles.named(folder, prefix, suffix).stream()
                .map(Layers::name)
                .toList();
    }

    @Override
    public boolean has(String name) {
        return Files.exists(path(name));
    }

    @Override
    public void create(String name, long bytes, @Nullable String below) throws IOException {
        Qcow2Image.create(path(name), bytes, below == null ? null : new Backing(below, Format.QCOW2));
    }

    @Override
    public void rename(String name, String to) throws IOException {
        SafeFile.replace(path(name), path(to));
    }

    @Override
    public void alias(String name, String also) throws IOException {
        Path alias = path(ALIAS);
        Files.deleteIfExists(alias);
        Files.createLink(alias, path(name));
        SafeFile.replace(alias, path(also));
    }

    @Override
    public boolean hasAlias(String name) throws IOException {
        return (int) Files.getAttribute(path(name), "unix:nlink") > 1;
    }

    @Override
    public boolean isSame(String one, String other) throws IOException {
        return Files.isSameFile(path(one), path(other));
    }

    @Override
    public boolean remove(String name) throws IOException {
        return Files.deleteIfExists(path(name));
    }

    @Override
    public void sync() throws IOException {
        SafeFile.sync(folder);
    }

    @Override
    public void mark(String name, String near) throws IOException {
        VolumeFiles.mark(path(name), path(near));
    }

    @Override
    public void makeRoom(String name, long bytes) {
        // A file grows by itself.
    }

    @Override
    public void ready(String name) {
        // The file system makes sure of it.
    }

    @Override
    public boolean isTight() {
        return true;
    }

    @Override
    public void trim(String name) {
        // A file has no room that it does not use.
    }

    @Override
    public InputStream read(String name) throws IOException {
        return new BufferedInputStream(Files.newInputStream(path(name)));
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        SafeFile.write(path(name), content);
    }

    @Override
    public Map<Path, Long> taken(List<Path> images) throws IOException {
        return VolumeFiles.taken(images);
    }
}
