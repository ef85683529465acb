package org.jxapi.xe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The client's own options; everything else goes to the server as it is. Later settings win over earlier ones. */
final class Options {
    String server = "127.0.0.1";
    int port;
    String username = "";
    String password = "";
    boolean tls = true;
    boolean debug;
    final List<String> command = new ArrayList<>();

    /** Reads ~/.xe, then XE_EXTRA_ARGS, then the command line. */
    static Options read(List<String> args) throws IOException {
        Options options = new Options();
        Path file = Path.of(System.getProperty("user.home"), ".xe");
        if (Files.isReadable(file)) {
            for (String line : Files.readAllLines(file)) {
                options.pair(line.strip());
            }
        }
        String extra = System.getenv("XE_EXTRA_ARGS");
        if (extra != null) {
            List<String> parts = new ArrayList<>();
            for (String part : extra.split("(?<!\\\\),")) {
                parts.add(part.replace("\\,", ","));
            }
            options.take(parts);
        }
        options.take(args);
        return options;
    }

    private void take(List<String> args) throws IOException {
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            switch (arg) {
                case "-s", "-h" -> server = value(args, ++i, arg);
                case "-p" -> port = number(value(args, ++i, arg));
                case "-u" -> username = value(args, ++i, arg);
                case "-pw" -> password = value(args, ++i, arg);
                case "-pwf" -> passwordFile(Path.of(value(args, ++i, arg)));
                case "--nossl" -> tls = false;
                case "--debug" -> debug = true;
                default -> {
                    if (!pair(arg)) {
                        command.add(arg);
                    }
                }
            }
        }
    }

    private boolean pair(String text) throws IOException {
        int equals = text.indexOf('=');
        if (equals < 0) {
            return false;
        }
        String value = text.substring(equals + 1);
        switch (text.substring(0, equals)) {
            case "server" -> server = value;
            case "port" -> port = number(value);
            case "username" -> username = value;
            case "password" -> password = value;
            case "passwordfile" -> passwordFile(Path.of(value));
            case "nossl" -> tls = !value.equals("true");
            case "debug" -> debug = value.equals("true");
            default -> {
                return false;
            }
        }
        return true;
    }

    private void passwordFile(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() < 2) {
            throw new IOException(file + " does not hold a user and a password on two lines");
        }
        username = lines.get(0);
        password = lines.get(1);
    }

    private static String value(List<String> args, int i, String option) throws IOException {
        if (i >= args.size()) {
            throw new IOException(option + " needs a value");
        }
        return args.get(i);
    }

    private static int number(String text) throws IOException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IOException("not a port: " + text, e);
        }
    }

    boolean local() {
        return server.equals("127.0.0.1");
    }
}
