package org.jxapi.transfer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way back of an import: steps that remove what it has made, the last one first. */
public final class Undo {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    private final Deque<Runnable> steps = new ArrayDeque<>();

    public void push(Runnable step) {
        steps.push(step);
    }

    /**
     * Does work that pushes the steps. If it fails, takes them and throws its failure, which suppresses the failures of
     * steps.
     */
    public <T> T ifItFails(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            run().forEach(e::addSuppressed);
            throw e;
        }
    }

    /**
     * Takes all steps; one that fails does not keep the others from being taken.
     *
     * @return the failures of steps, which are in the log too
     */
    List<Throwable> run() {
        List<Throwable> failures = new ArrayList<>();
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException | Error e) {
                LOG.error("Import: the cleanup after a failure is incomplete: {}", e.toString());
                failures.add(e);
            }
        }
        return failures;
    }
}
