package org.jxapi.xe;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code xe shell}: runs a command a line, each with the connection options of the shell itself. An error ends only its own
 * command. From a terminal, lines are edited; from anywhere else they are just read, and the status is that of the first
 * command that failed.
 */
final class Shell {
    static final String NAME = "shell";
    private static final String PROMPT = "xe> ";

    /** Runs one command. */
    interface Runner {
        int run(List<String> args);
    }

    private final List<String> own;
    private final Runner runner;
    private int status;

    /** @param own the arguments of the shell: its connection, and what every command gets */
    private Shell(List<String> own, Runner runner) {
        this.own = own;
        this.runner = runner;
    }

    /** Whether these arguments ask for the shell; a value such as that of {@code -u} is no command. */
    static boolean wanted(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (Options.key(arg) != null) {
                i++;
            } else if (!arg.startsWith("-") && arg.indexOf('=') < 0) {
                return arg.equals(NAME);
            }
        }
        return false;
    }

    /** Runs the shell until its input ends, and returns its exit status. */
    static int run(List<String> args, Runner runner) throws IOException {
        List<String> own = new ArrayList<>(args);
        own.remove(NAME);
        Shell shell = new Shell(own, runner);
        String settings = Terminal.stty("-g");
        if (settings == null) {
            shell.read();
        } else {
            shell.converse(settings);
        }
        return shell.status;
    }

    private void read() throws IOException {
        for (String line = nextLine(); line != null; line = nextLine()) {
            int ended = command(line);
            if (ended < 0) {
                return;
            }
            status = status == 0 ? ended : status;
        }
    }

    /** Questions of commands read the same input, so nothing is read ahead. */
    private static @Nullable String nextLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = System.in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = System.in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private void converse(String settings) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        ShellHistory history = new ShellHistory(historyFile());
        LineEditor editor = new LineEditor(System.in, out, PROMPT, history.lines(), new ShellCompletion(own)::words);
        Thread restore = new Thread(() -> Terminal.stty(settings));
        Runtime.getRuntime().addShutdownHook(restore);
        Interrupts interrupts = Interrupts.install();
        try {
            while (true) {
                Terminal.stty("-icanon -echo -isig -ixon min 1");
                if (interrupts.isInterrupted()) {
                    // Not earlier: with Ctrl-C, the terminal discards what it has not shown yet.
                    out.print("Interrupted.\n");
                }
                String line = editor.read(Terminal.columns());
                Terminal.stty(settings);
                if (line == null) {
                    return;
                }
                history.add(line);
                interrupts.forget();
                if (command(line) < 0) {
                    return;
                }
            }
        } finally {
            Terminal.stty(settings);
        }
    }

    private static Path historyFile() {
        String given = System.getenv("XE_HISTORY");
        return given == null || given.isEmpty() ? Path.of(Options.home(), ".xe_history") : Path.of(given);
    }

    /** Runs a line; -1 ends the shell. */
    private int command(String line) {
        List<String> words;
        try {
            words = Words.of(line);
        } catch (ClientException e) {
            System.err.println(e.getMessage());
            return 1;
        }
        if (words.size() > 1 && words.get(0).equals("xe")) {
            words.remove(0);
        }
        if (words.isEmpty()) {
            return 0;
        }
        if (words.equals(List.of("exit")) || words.equals(List.of("quit"))) {
            return -1;
        }
        if (wanted(words)) {
            System.err.println("This is the shell already.");
            return 1;
        }
        // The command comes first, and what its line says comes last, since it counts.
        List<String> args = new ArrayList<>(words.subList(0, 1));
        args.addAll(own);
        args.addAll(words.subList(1, words.size()));
        return runner.run(args);
    }
}
