package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jxapi.xenapi.Errors;

/** A program that turns what goes in into what comes out. */
final class Filter implements AutoCloseable {
    private final Process process;

    private Filter(Process process) {
        this.process = process;
    }

    /** Starts the program; an error when the host does not have it. */
    static Filter start(List<String> command) {
        try {
            return new Filter(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            String program = command.get(0);
            throw Errors.operationNotAllowed("This host does not have the program " + program
                            + ", which archives of that kind need. Install the package " + program + " on it.")
                    .causedBy(e);
        }
    }

    /** Has the work write into the program, and copies what comes out. */
    void run(OutputStream to, Consumer<OutputStream> work) throws IOException {
        AtomicReference<IOException> failure = new AtomicReference<>();
        Thread copier = thread(() -> process.getInputStream().transferTo(to), failure);
        try (OutputStream in = process.getOutputStream()) {
            work.accept(in);
        }
        join(copier);
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** Copies what comes into the program, and has the work read what it makes of it. */
    <T> T read(InputStream from, Function<InputStream, T> work) {
        thread(
                () -> {
                    try (OutputStream in = process.getOutputStream()) {
                        from.transferTo(in);
                    }
                },
                new AtomicReference<>());
        return work.apply(process.getInputStream());
    }

    private interface Copy {
        void run() throws IOException;
    }

    private Thread thread(Copy copy, AtomicReference<IOException> failure) {
        Thread thread = new Thread(
                () -> {
                    try {
                        copy.run();
                    } catch (IOException e) {
                        failure.set(e);
                        process.destroyForcibly();
                    }
                },
                "filter");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
