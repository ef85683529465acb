package org.jxapi.volume;

import java.io.IOException;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;

/**
 * A repository of volumes that others made. None is made, changed in size or removed here. The features of its type keep
 * callers from all that would do so.
 */
interface FixedRepository extends Repository {
    /** The error for all that would change its volumes. */
    default IOException refused() {
        return new IOException(place() + " holds only what is there already: nothing can be made in it");
    }

    @Override
    default void destroy() {
        // Its volumes are not ours.
    }

    @Override
    default boolean pending(String location) {
        return false;
    }

    @Override
    default void keep(String location) {
        // There is no mark.
    }

    @Override
    default void tidy(Predicate<String> free, Predicate<String> rows, Predicate<String> resets) throws IOException {
        // Nothing is ever begun here.
    }

    @Override
    default void begin(String location) throws IOException {
        throw refused();
    }

    @Override
    default void discard(String location) throws IOException {
        throw refused();
    }

    @Override
    default void create(String location, long bytes, boolean plain) throws IOException {
        throw refused();
    }

    @Override
    default boolean clone(String from, String to) throws IOException {
        throw refused();
    }

    @Override
    default boolean revert(String from, String to) throws IOException {
        throw refused();
    }

    @Override
    default void resize(String location, long bytes) throws IOException {
        throw refused();
    }

    @Override
    default Stage stage(String location, long bytes) throws IOException {
        throw refused();
    }

    @Override
    default Stage stageCopy(String location, DoubleConsumer progress) throws IOException {
        throw refused();
    }

    @Override
    default void keepBase(String location) throws IOException {
        throw refused();
    }

    @Override
    default void reset(String location, long bytes) throws IOException {
        throw refused();
    }

    @Override
    default void dropBase(String location) throws IOException {
        throw refused();
    }
}
