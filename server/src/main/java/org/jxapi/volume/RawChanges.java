package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;

/**
 * The changes of raw images on a file system whose files can share blocks. {@code X.jxapi-since} shares the blocks that a
 * volume had when X was taken. Blocks that a volume does not share with it any more have changed since.
 */
final class RawChanges implements TrackedImages {
    private static final String SINCE = ".jxapi-since";

    private final RawFolder raw;

    RawChanges(RawFolder raw) {
        this.raw = raw;
    }

    @Override
    public boolean holds(String location) {
        return raw.holds(location);
    }

    @Override
    public long bytes(String location) throws IOException {
        return raw.bytes(location);
    }

    @Override
    public Optional<String> keep(String location) throws IOException {
        Path since = raw.folder.resolve(location + SINCE);
        Files.deleteIfExists(since);
        return VolumeFiles.reflink(raw.path(location), since) ? Optional.of(Layers.name(since)) : Optional.empty();
    }

    @Override
    public ChangedBlocks since(String location, String kept) throws IOException {
        Path image = raw.path(location);
        long bytes = Files.size(image);
        Path since = raw.folder.resolve(kept);
        if (kept.isEmpty() || !Files.exists(since)) {
            return ChangedBlocks.all(bytes);
        }
        ChangedBlocks changed = ChangedBlocks.none(bytes);
        try (Image now = RawImage.open(image, false);
                Image then = RawImage.open(since, false);
                SharedParts shared = SharedBlocks.of(image, since)) {
            Differences compared = new Differences(now, then, shared);
            for (long at = 0; at < bytes; ) {
                SharedParts.Part part = compared.part(at, bytes - at);
                if (!part.same()) {
                    changed.add(at, part.length());
                }
                at += part.length();
            }
        }
        changed.addGrowth(Files.size(since));
        return changed;
    }

    @Override
    public void keepOnly(Set<String> names) throws IOException {
        for (Path since : VolumeFiles.named(raw.folder, "", SINCE)) {
            if (!names.contains(Layers.name(since))) {
                Files.deleteIfExists(since);
            }
        }
    }
}
