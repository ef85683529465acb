package org.jxapi.program;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jxapi.hypervisor.Processes;
import org.jxapi.program.ProgramException.Kind;

/**
 * A call of a program of this host.
 *
 * @param command its name, which is looked up in the daemon's search path and in the folders of system programs, or its
 *     absolute path, and its arguments
 * @param environment variables in addition to {@code PATH} and {@code LC_ALL}; the place for passwords
 * @param input its standard input
 * @param limit how long it may take
 */
public record Program(List<String> command, Map<String, String> environment, String input, Duration limit) {
    /** For work that may take any time, such as a copy. */
    public static final Duration NO_LIMIT = Duration.ofDays(365);

    private static final Duration USUAL_LIMIT = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 200;
    private static final long LAST_MILLIS = 2000;
    /** More output than this ends the program. */
    private static final long MOST_OUTPUT = 4 << 20;
    /** How much of its errors are said. */
    private static final int MOST_SAID = 1000;

    /**
     * The result of a program.
     *
     * @param status its exit status
     * @param output its standard output
     * @param errors the beginning of its standard error, without white space at its ends
     */
    public record Result(int status, String output, String errors) {
        /** Its standard error, or its output if there is none. */
        public String said() {
            return errors.isEmpty()
                    ? output.substring(0, Math.min(MOST_SAID, output.length())).strip()
                    : errors;
        }
    }

    /** A call that may take a minute. */
    public static Program of(String... command) {
        return of(List.of(command));
    }

    /** A call that may take a minute. */
    public static Program of(List<String> command) {
        return new Program(List.copyOf(command), Map.of(), "", USUAL_LIMIT);
    }

    /** The same with a time limit. */
    public Program within(Duration time) {
        return new Program(command, environment, input, time);
    }

    /** The same with a variable in its environment. */
    public Program with(String variable, String value) {
        Map<String, String> more = new LinkedHashMap<>(environment);
        more.put(variable, value);
        return new Program(command, more, input, limit);
    }

    /** The same with a text on its standard input. */
    public Program reading(String text) {
        return new Program(command, environment, text, limit);
    }

    /** Runs it and returns its standard output; a ProgramException when its exit status is not 0. */
    public String run() throws IOException {
        return run(() -> {});
    }

    /**
     * The same.
     *
     * @param meanwhile is called from time to time; an exception from it ends the program
     */
    public String run(Runnable meanwhile) throws IOException {
        Result result = result(meanwhile);
        if (result.status() != 0) {
            String said = result.said();
            throw new ProgramException(
                    Kind.FAILED, said.isEmpty() ? name() + " failed with status " + result.status() : said);
        }
        return result.output();
    }

    /** Runs it, however it ends. */
    public Result result() throws IOException {
        return result(() -> {});
    }

    /**
     * The same.
     *
     * @param meanwhile is called from time to time; an exception from it ends the program
     */
    public Result result(Runnable meanwhile) throws IOException {
        String path = find();
        Path output = Files.createTempFile("jxapi", ".out");
        Path errors = Files.createTempFile("jxapi", ".err");
        Process process = null;
        try {
            process = start(path, output, errors);
            await(process, output, errors, meanwhile);
            refuseTooMuch(output, errors);
            String out = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return new Result(process.exitValue(), out, said(errors));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(name() + " was interrupted", e);
        } finally {
            if (process != null) {
                stop(process);
            }
            Files.delete(output);
            Files.delete(errors);
        }
    }

    private static String said(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_SAID), StandardCharsets.UTF_8).strip();
        }
    }

    private String name() {
        return command.get(0);
    }

    private static List<String> folders() {
        List<String> folders = new ArrayList<>(
                List.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator)));
        folders.addAll(List.of("/usr/sbin", "/sbin"));
        return folders;
    }

    private String find() throws ProgramException {
        if (Path.of(name()).isAbsolute()) {
            return name();
        }
        for (String folder : folders()) {
            Path file = Path.of(folder, name());
            if (file.isAbsolute() && Files.isExecutable(file) && Files.isRegularFile(file)) {
                return file.toString();
            }
        }
        throw new ProgramException(Kind.NOT_INSTALLED, DebianPackages.missing(name()));
    }

    private Process start(String path, Path output, Path errors) throws IOException {
        if (input.isEmpty()) {
            return start(path, Path.of("/dev/null"), output, errors);
        }
        // A file, since a program that does not read its input must not keep anybody waiting.
        Path text = Files.createTempFile("jxapi", ".in");
        try {
            Files.writeString(text, input);
            return start(path, text, output, errors);
        } finally {
            Files.delete(text);
        }
    }

    private Process start(String path, Path text, Path output, Path errors) throws IOException {
        List<String> line = new ArrayList<>(command);
        line.set(0, path);
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectInput(text.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", String.join(File.pathSeparator, folders()));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        return Processes.start(builder);
    }

    private void await(Process process, Path output, Path errors, Runnable meanwhile)
            throws InterruptedException, IOException {
        long begin = System.nanoTime();
        while (!process.waitFor(Math.min(LOOK_MILLIS, Math.max(1, limit.toMillis())), TimeUnit.MILLISECONDS)) {
            meanwhile.run();
            if (System.nanoTime() - begin > limit.toNanos()) {
                throw new ProgramException(
                        Kind.TIMED_OUT, name() + " did not end within " + Math.max(1, limit.toSeconds()) + " s");
            }
            refuseTooMuch(output, errors);
        }
    }

    private void refuseTooMuch(Path output, Path errors) throws IOException {
        if (Files.size(output) + Files.size(errors) > MOST_OUTPUT) {
            throw new ProgramException(Kind.FAILED, name() + " wrote more than " + MOST_OUTPUT + " bytes");
        }
    }

    /** Ends it with all that it has started. One that the kernel cannot end, because a server is gone, is left alone. */
    private static void stop(Process process) {
        if (!process.isAlive()) {
            return;
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_MILLIS);
        while (process.isAlive() && System.nanoTime() < end) {
            try {
                process.waitFor(Math.max(1, (end - System.nanoTime()) / 1_000_000), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
