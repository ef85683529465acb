package org.jxapi.transfer;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way back of an import: steps that remove what it has made, the last one first. */
public final class Undo {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    private final Deque<Runnable> steps = new ArrayDeque<>();

    public void push(Runnable step) {
        steps.push(step);
    }

    /** Takes all steps; one that fails does not keep the others from being taken. */
    public void run() {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException | Error e) {
                LOG.error("Import: the cleanup after a failure is incomplete: {}", e.toString());
            }
        }
    }
}
