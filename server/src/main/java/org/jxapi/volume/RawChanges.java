package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;

/**
 * The changes of raw images on a file system whose files can share blocks. {@code X.jxapi-since} shares the blocks that a
 * volume had when X was taken. Blocks that a volume does not share with it any more have changed since.
 */
final class RawChanges {
    private static final String SINCE = ".jxapi-since";

    private final Path folder;

    RawChanges(Path folder) {
        this.folder = folder;
    }

    /** Keeps the present blocks of an image under the name that this returns; empty if files cannot share blocks. */
    String keep(String location, Path image) throws IOException {
        Path since = folder.resolve(location + SINCE);
        Files.deleteIfExists(since);
        return VolumeFiles.reflink(image, since) ? Layers.name(since) : "";
    }

    /** The changes of an image since its blocks were kept; everything when they are not there. */
    ChangedBlocks since(Path image, String kept) throws IOException {
        long bytes = Files.size(image);
        Path since = folder.resolve(kept);
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

    /** Lets go all kept blocks but those under these names. */
    void keepOnly(Set<String> names) throws IOException {
        for (Path since : VolumeFiles.named(folder, "", SINCE)) {
            if (!names.contains(Layers.name(since))) {
                Files.deleteIfExists(since);
            }
        }
    }
}
