package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** The jobs of a QEMU's block layer, which stay after their end until they are dismissed. */
final class QemuJobs {
    private static final long LOOK_MILLIS = 50;
    private static final Set<String> ENDED = Set.of("concluded", "null");
    private static final Set<String> ENDING = Set.of("aborting", "pending");

    private QemuJobs() {}

    /** A job's state: {@code status}, which is {@code null} when there is no such job, and {@code error} if it failed. */
    static JsonNode state(Qmp qmp, String job) throws IOException {
        for (JsonNode each : qmp.run("query-jobs", Qmp.object())) {
            if (each.path("id").asText().equals(job)) {
                return each;
            }
        }
        return Qmp.object().put("status", "null");
    }

    static String status(JsonNode state) {
        return state.path("status").asText();
    }

    /** The names of all jobs that begin so. */
    static List<String> named(Qmp qmp, String prefix) throws IOException {
        List<String> found = new ArrayList<>();
        for (JsonNode each : qmp.run("query-jobs", Qmp.object())) {
            if (each.path("id").asText().startsWith(prefix)) {
                found.add(each.path("id").asText());
            }
        }
        return found;
    }

    /** The part of a job that is done, from 0 to 1. */
    static double done(JsonNode state) {
        double all = Math.max(1, state.path("total-progress").asDouble());
        return Math.min(1, state.path("current-progress").asDouble() / all);
    }

    /** Throws a HypervisorException if the job has failed or is gone. */
    static void requireWell(JsonNode state, String what) {
        if (state.has("error")) {
            throw new HypervisorException(
                    LibxlError.QMP_GENERIC_ERROR,
                    "QEMU: " + what + ": " + state.path("error").asText());
        }
        if (status(state).equals("null")) {
            throw new HypervisorException(LibxlError.FAIL, "QEMU: " + what + ": the job has vanished");
        }
    }

    /** Waits until the job has ended. */
    static void finish(Qmp qmp, String job, String what, DoubleConsumer progress) throws IOException {
        progress.accept(0);
        JsonNode state = state(qmp, job);
        while (!ENDED.contains(status(state))) {
            progress.accept(done(state));
            pause();
            state = state(qmp, job);
        }
        requireWell(state, what);
    }

    static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while QEMU was working on images");
        }
    }

    /** Removes a job that has ended; one that has not is cancelled first. */
    static void dismiss(Qmp qmp, String job) throws IOException {
        if (!Thread.currentThread().isInterrupted()) {
            JsonNode state = state(qmp, job);
            while (!ENDED.contains(status(state))) {
                if (!ENDING.contains(status(state))) {
                    cancel(qmp, job);
                }
                pause();
                state = state(qmp, job);
            }
            if (status(state).equals("concluded")) {
                qmp.run("job-dismiss", Qmp.object().put("id", job));
            }
        }
    }

    private static void cancel(Qmp qmp, String job) throws IOException {
        try {
            qmp.run("job-cancel", Qmp.object().put("id", job));
        } catch (HypervisorException e) {
            // One that has ended meanwhile cannot be cancelled.
            if (!ENDED.contains(status(state(qmp, job)))) {
                throw e;
            }
        }
    }
}
