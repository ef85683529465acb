package org.jxapi.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jxapi.cli.record.Amounts;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.ExitException;
import org.jxapi.cli.thin.Printer;
import org.jxapi.cli.thin.Wire;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.xenapi.VDI;

/**
 * The context of a command: its parameters, the API, and the client.
 *
 * @param paths the HTTP paths by which files go
 * @param drives writes what the daemon itself puts on disks
 */
public record Context(CommandLine line, Api api, Printer printer, Wire wire, Paths paths, Drives drives) {
    /** The HTTP paths that the daemon serves for files. */
    public interface Paths {
        boolean serve(String method, String path);
    }

    /** Fills disks that the session has made. */
    public interface Drives {
        /** Gives a new disk its contents, which are no longer than the disk. */
        void fill(Ref<VDI> vdi, byte[] contents);
    }

    private static final String DANGEROUS =
            "This operation is dangerous and may cause data loss. This operation must be forced (use --force).";

    String need(String name) {
        return line.need(name);
    }

    String get(String name, String otherwise) {
        return line.get(name, otherwise);
    }

    boolean has(String name) {
        return line.has(name);
    }

    boolean flag(String name) {
        return line.flag(name);
    }

    /**
     * A parameter that XAPI calls optional but requires: without it, both XAPI and jxapi answer an internal error.
     *
     * @param hint a line for stderr about the missing parameter
     */
    String expect(String name, String hint) throws IOException {
        if (!has(name)) {
            wire.printStderr(hint + "\n");
            throw new XenApiException("INTERNAL_ERROR", List.of("Not_found"));
        }
        return need(name);
    }

    /** A size in bytes. */
    long bytes(String name) {
        return Amounts.bytes(name, need(name));
    }

    long integer(String name) {
        return Amounts.integer(need(name), "Failed to parse parameter '" + name + "': expecting an integer");
    }

    double decimal(String name) {
        try {
            return Double.parseDouble(need(name));
        } catch (NumberFormatException e) {
            throw new CliException("Failed to parse parameter '" + name + "': expecting a float");
        }
    }

    Map<String, String> map(String name) {
        return line.map(name);
    }

    Object call(String message, Object... params) {
        return api.call(message, params);
    }

    /** The object of that class whose uuid the parameter is. */
    Ref<?> ref(String className, String parameter) {
        return api.byUuid(className, need(parameter));
    }

    /** The object of that class that {@code uuid=} names. */
    Ref<?> ref(String className) {
        return ref(className, "uuid");
    }

    /** As {@link #ref(String, String)}; the null reference when the parameter is missing. */
    Ref<?> refOrNull(String className, String parameter) {
        return has(parameter) ? ref(className, parameter) : Ref.nil();
    }

    /** The objects whose uuids the parameter lists. */
    List<Ref<?>> refs(String className, String parameter) {
        List<Ref<?>> refs = new ArrayList<>();
        for (String uuid : line.words(parameter)) {
            refs.add(api.byUuid(className, uuid));
        }
        return refs;
    }

    /** The pool that {@code uuid=} names, else the only one. */
    Ref<?> pool() {
        return has("uuid") ? ref("pool") : api.pool();
    }

    /** The host that the parameter names, else this one. */
    Ref<?> hostOrThis(String parameter) {
        return has(parameter) ? ref("host", parameter) : api.thisHost();
    }

    void print(Object... values) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            texts.add(text(value));
        }
        printer.values(texts);
    }

    /** Prints the members of a list that a message has answered. */
    void printAll(Object list) throws IOException {
        printer.values(((List<?>) list).stream().map(Context::text).toList());
    }

    /** Prints the uuid of an object that a message has created. */
    void printUuid(Object made) throws IOException {
        print(api.uuid((Ref<?>) made));
    }

    /** Prints a map as one record. */
    void printMap(Object map) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        ((Map<?, ?>) map).forEach((k, v) -> texts.put(text(k), text(v)));
        printer.records(List.of(List.copyOf(texts.entrySet())));
    }

    void message(Object text) throws IOException {
        printer.message(text(text));
    }

    private static String text(Object value) {
        return value instanceof XenEnum constant ? constant.wire() : String.valueOf(value);
    }

    /** Prints text even with --minimal. */
    void say(String text) throws IOException {
        wire.print(text);
    }

    void needForce() {
        if (!flag("force")) {
            throw new CliException(DANGEROUS);
        }
    }

    /** Asks the user to confirm; prints the answer if it is not yes. */
    boolean confirmed() throws IOException {
        say("Type 'yes' to continue");
        String answer = wire.prompt();
        boolean yes = answer.strip().toLowerCase(Locale.ROOT).equals("yes");
        if (!yes) {
            say("Aborted (you typed: '" + answer + "')");
        }
        return yes;
    }

    /** The text of a file of the client's; ends the command when the client does not give it. */
    String file(String parameter, String what) throws IOException {
        var bytes = wire.load(need(parameter));
        if (bytes.isEmpty()) {
            wire.printStderr("Failed to read " + what + "\n");
            throw new ExitException(1);
        }
        return new String(bytes.get(), StandardCharsets.UTF_8);
    }

    /** The entries of {@code args:}; {@code args:key:file=name} takes the value from a file of the client's. */
    Map<String, String> pluginArgs() throws IOException {
        Map<String, String> args = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : map("args").entrySet()) {
            String key = entry.getKey();
            if (key.endsWith(":file")) {
                var bytes = wire.load(entry.getValue());
                if (bytes.isEmpty()) {
                    wire.printStderr("Failed to read file " + entry.getValue() + "\n");
                    throw new ExitException(1);
                }
                args.put(
                        key.substring(0, key.length() - ":file".length()),
                        new String(bytes.get(), StandardCharsets.UTF_8));
            } else {
                args.put(key, entry.getValue());
            }
        }
        return args;
    }
}
