package org.jxapi.volume;

import org.jspecify.annotations.Nullable;

/** The way to repositories. A simulator leads to other places than a real host, and has repositories fail. */
public interface Reach {
    /** The way of a real host: each repository is where its settings say. */
    Reach REAL = new Reach() {
        @Override
        public @Nullable Settings folder(Settings settings) {
            return null;
        }

        @Override
        public Repository seen(String sr, Repository repository) {
            return repository;
        }
    };

    /** The settings, as of type {@code file}, of the folder in which a repository is simulated; null if it is not. */
    @Nullable
    Settings folder(Settings settings);

    /** The repository that is used in the place of another. */
    Repository seen(String sr, Repository repository);
}
