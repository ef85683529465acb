package org.jxapi.xe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's own options; everything else goes to the server as it is. The command line wins over XE_EXTRA_ARGS, and
 * that over ~/.xe.
 */
final class Options {
    static final String LOCAL = "127.0.0.1";

    String server = LOCAL;
    /** 0 when none is given. */
    int port;

    String username = "root";
    String password = "null";
    boolean tls = true;
    boolean debug;
    boolean debugOnFail;

    @Nullable
    String traceparent;
    /** Whether a user name, a password or a password file was given. */
    boolean credentials;
    /** The arguments for the server: those of the command line first. */
    final List<String> command = new ArrayList<>();

    private String passwordFile = "";

    /**
     * Reads all three places.
     *
     * @throws CommandLineException when the usage is asked for, or needed
     */
    static Options read(List<String> args) throws IOException {
        Options options = new Options();
        List<String> fromFile = options.take(lines(Path.of(home(), ".xe")));
        String extra = System.getenv("XE_EXTRA_ARGS");
        List<String> fromEnvironment = options.take(split(extra == null ? "" : extra));
        if (System.getenv("TRACEPARENT") != null) {
            options.traceparent = System.getenv("TRACEPARENT");
        }
        List<String> own = new ArrayList<>(args);
        boolean help = own.removeAll(List.of("-help", "--help"));
        help |= own.equals(List.of("-h"));
        options.command.addAll(options.take(own));
        if (help) {
            helpOnCommand(options.command);
        }
        options.command.addAll(fromEnvironment);
        options.command.addAll(fromFile);
        if (options.command.isEmpty() || help && !options.command.get(0).equals("help")) {
            throw new CommandLineException(null);
        }
        options.readPasswordFile();
        return options;
    }

    /** Turns {@code xe COMMAND --help} into {@code xe help COMMAND}; leaves nothing when there is no command. */
    private static void helpOnCommand(List<String> words) {
        words.removeIf(word -> word.startsWith("-") || word.indexOf('=') >= 0);
        if (words.isEmpty() || words.get(0).equals("help")) {
            return;
        }
        String command = words.get(0);
        words.clear();
        words.add("help");
        words.add(command);
    }

    /** Whether the server shows the progress of transfers, or the user wants none. */
    boolean givesProgress() {
        return command.stream().anyMatch(word -> word.equals("--progress") || word.startsWith("progress="));
    }

    static String home() {
        String home = System.getenv("HOME");
        return home == null ? "" : home;
    }

    /** The lines of ~/.xe, each key=value; none when one is not. */
    private static List<String> lines(Path file) {
        List<String> lines = new ArrayList<>();
        if (!Files.isReadable(file)) {
            return lines;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.indexOf('=') >= 0) {
                    lines.add(line);
                } else if (!line.isEmpty()) {
                    System.err.println("Error parsing rc file. No defaults loaded");
                    return new ArrayList<>();
                }
            }
            return lines;
        } catch (IOException e) {
            return new ArrayList<>();
        }
    }

    /** Parts with commas between; a backslash takes the next character as it is. */
    static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ',') {
                if (part.length() > 0) {
                    parts.add(part.toString());
                }
                part.setLength(0);
            } else if (text.charAt(i) != '\\') {
                part.append(text.charAt(i));
            } else if (i + 1 < text.length()) {
                part.append(text.charAt(++i));
            }
        }
        return parts;
    }

    /** Takes the client's own arguments, and returns the rest. */
    private List<String> take(List<String> args) throws IOException {
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            String key = key(arg);
            int equals = arg.indexOf('=');
            if (key != null && i + 1 < args.size()) {
                set(key, args.get(++i));
            } else if (arg.equals("--nossl")) {
                tls = false;
            } else if (arg.equals("--debug")) {
                debug = true;
            } else if (arg.equals("--debug-on-fail")) {
                debugOnFail = true;
            } else if (equals < 0 || !set(arg.substring(0, equals), arg.substring(equals + 1))) {
                rest.add(arg);
            }
        }
        return rest;
    }

    static @Nullable String key(String option) {
        switch (option) {
            case "-s":
            case "-h":
                return "server";
            case "-p":
                return "port";
            case "-u":
                return "username";
            case "-pw":
                return "password";
            case "-pwf":
                return "passwordfile";
            case "--traceparent":
                return "traceparent";
            default:
                return null;
        }
    }

    /** Whether it is one of the client's keys. */
    private boolean set(String key, String value) throws IOException {
        switch (key) {
            case "server":
                server = value;
                return true;
            case "port":
                port = port(value);
                return true;
            case "username":
                username = value;
                credentials = true;
                return true;
            case "password":
                password = value;
                credentials = true;
                return true;
            case "passwordfile":
                passwordFile = value;
                credentials = true;
                return true;
            case "nossl":
                tls = !value.equals("true");
                return true;
            case "debug":
                debug = value.equals("true");
                return true;
            case "debugonfail":
                debugOnFail = value.equals("true");
                return true;
            case "traceparent":
                traceparent = value;
                return true;
            default:
                return false;
        }
    }

    private static int port(String text) throws IOException {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new CommandLineException("Port number must be an integer (0-65535)");
    }

    private void readPasswordFile() throws IOException {
        if (passwordFile.isEmpty()) {
            return;
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of(passwordFile), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ClientException("Error opening password file '" + passwordFile + "'");
        }
        if (lines.size() < 2) {
            throw new ClientException("Error: password file format: expecting username on the first line, password on"
                    + " the second line");
        }
        username = lines.get(0);
        password = lines.get(1);
    }

    boolean local() {
        return server.equals(LOCAL);
    }
}
