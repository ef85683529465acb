package org.jxapi.image;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The images that have been opened on the way from a disk to its deepest backing file. It refuses backing files outside
 * the folder of their image, loops and very long chains, because an image may come from anywhere.
 */
final class Chain {
    private static final int LONGEST = 64;

    /** Opens an image of the chain that has backing files of its own, to be read only. */
    interface Opener {
        Image open(Path path, Chain chain) throws IOException;
    }

    private final Path folder;
    private final Opener opener;
    private final Set<Path> seen = new HashSet<>();

    private Chain(Path folder, Opener opener) {
        this.folder = folder;
        this.opener = opener;
    }

    /** Starts a chain at its top. */
    static Chain from(Path image, Opener opener) throws IOException {
        Path path = image.toAbsolutePath().normalize();
        Chain chain = new Chain(Objects.requireNonNull(path.getParent(), "an image is in a folder"), opener);
        chain.seen.add(path.toRealPath());
        return chain;
    }

    /** Opens the next image, to be read only, with all below it. */
    @Nullable
    Image next(String image, @Nullable Backing backing) throws IOException {
        if (backing == null) {
            return null;
        }
        Path path = path(image, folder, backing);
        if (!seen.add(path.toRealPath())) {
            throw new ImageFormatException(image + " has the backing file " + backing.name() + ", which has " + image
                    + " below it: a loop. One of the two records the wrong file.");
        }
        if (seen.size() > LONGEST) {
            throw new ImageFormatException("The chain of backing files above " + image + " has more than " + LONGEST
                    + " images. Commit some of them.");
        }
        return backing.format() == Format.RAW ? RawImage.open(path, false) : opener.open(path, this);
    }

    /** The path of a backing file. */
    static Path path(String image, Path folder, Backing backing) throws ImageFormatException {
        try {
            Path path = folder.resolve(backing.name()).normalize();
            if (folder.equals(path.getParent())) {
                return path;
            }
        } catch (InvalidPathException e) {
            // It is no file of the folder either.
        }
        throw new ImageFormatException(
                image + " has the backing file " + backing.name() + ", which is not a file of the folder " + folder
                        + ". Backing files must be in the folder of their image.");
    }
}
