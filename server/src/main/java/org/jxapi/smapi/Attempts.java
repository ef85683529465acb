package org.jxapi.smapi;

import java.io.IOException;
import org.jxapi.volume.SmFailure;

/** Calls of a driver whose failures have a fixed number. */
final class Attempts {
    private Attempts() {}

    /** A call that has an answer. */
    interface Question<T> {
        T ask() throws IOException;
    }

    /** A call that has none. */
    interface Change {
        void make() throws IOException;
    }

    static <T> T ask(SmFailure failure, Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw failure.error(e);
        }
    }

    static void make(SmFailure failure, Change change) {
        try {
            change.make();
        } catch (IOException e) {
            throw failure.error(e);
        }
    }
}
