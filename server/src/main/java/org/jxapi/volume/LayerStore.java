package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The place where the qcow2 layers of a repository are, and what belongs to them, each under the name by which images refer to
 * each other. A power cut leaves the state before or after each change, and a change is on disk when it returns.
 */
interface LayerStore extends LogStore {
    /** The folder in which programs find each image under its name. */
    @Override
    Path folder();

    /** The names with that beginning and that end. */
    List<String> names(String prefix, String suffix) throws IOException;

    @Override
    default List<String> names(String suffix) throws IOException {
        return names("", suffix);
    }

    /**
     * Makes an empty image under a name that nothing has. It may have no room for data.
     *
     * @param bytes the size of its disk
     * @param below the image behind it; null if there is none
     */
    void create(String name, long bytes, @Nullable String below) throws IOException;

    /** Gives something another name, in the place of what has that name, if there is anything. */
    void rename(String name, String to) throws IOException;

    /** Gives something a second name, in the place of what has that name. */
    void alias(String name, String also) throws IOException;

    /** Whether what has this name has another one, too. */
    boolean hasAlias(String name) throws IOException;

    /** Whether both are names of one thing. */
    boolean isSame(String one, String other) throws IOException;

    /** Removes a name, and what has it if it has no other; false if there is none. Only {@link #sync} waits for the disk. */
    @Override
    boolean remove(String name) throws IOException;

    /**
     * Makes an empty mark of that name, if there is none.
     *
     * @param near an image, which helps where no room is left
     */
    void mark(String name, String near) throws IOException;

    /** Makes sure that an image has room for all data of a disk of that size. Whatever writes to it needs that first. */
    void makeRoom(String name, long bytes) throws IOException;

    /** Makes sure that this host sees an image, and all behind it, as other hosts have left them. */
    void ready(String name) throws IOException;

    /** Whether images have the room that they use, and no other. */
    default boolean isTight() {
        return false;
    }

    /** Frees the room that an image, to which nothing writes any more, does not use. */
    void trim(String name) throws IOException;

    /** How many bytes of the repository images take; those that are gone are left out. */
    Map<Path, Long> taken(List<Path> images) throws IOException;
}
