package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jxapi.cli.command.Command.Flag;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.cli.thin.Printer;
import org.jxapi.cli.thin.Wire;

/** xe help, in XAPI's layout. */
public final class Help {
    private static final Set<String> NOT_COMMANDS =
            Set.of("server", "username", "password", "port", "minimal", "json", "table", "all");

    private static final String USAGE = """
            Usage:
              xe <command>
                [ -s <server> ]            connect to this host
                [ -p <port> ]              connect to this port
                [ -u <username> -pw <password> | -pwf <password file> ]
                                           log in; the file has the name on line 1, the password on line 2
                [ --nossl ]                connect without TLS
                [ --debug ]                trace the client's work on stderr
                [ --debug-on-fail ]        print the trace only if the command fails
                [ --traceparent <value> ]  set the context for distributed tracing
                [ <other arguments> ... ]  arguments of the command

            Help on one command:
              xe help <command>

            """;
    private static final int LINE = 74;
    private static final int COLUMN = 40;

    private Help() {}

    public static void print(CommandTable table, CommandLine line, Printer printer, Wire wire) throws IOException {
        List<String> asked = line.params().stream()
                .map(Param::name)
                .filter(name -> !NOT_COMMANDS.contains(name))
                .toList();
        if (asked.isEmpty()) {
            overview(table, line, printer);
        }
        for (String name : asked) {
            var command = table.find(name);
            if (command.isEmpty()) {
                printer.values(List.of("Unknown command '" + name + "'"));
                wire.hint(table.question(name));
            } else {
                printer.records(List.of(describe(command.get())));
                for (String more : details(command.get())) {
                    printer.message(more);
                }
            }
        }
    }

    private static List<Map.Entry<String, String>> describe(Command command) {
        return List.of(
                Map.entry("command name        ", command.name()),
                Map.entry("reqd params     ", String.join(", ", command.required())),
                Map.entry("optional params ", String.join(", ", optional(command))),
                Map.entry("description     ", command.help() + selectors(command)));
    }

    /** Details that XAPI's help does not have: each parameter, and examples. */
    private static List<String> details(Command command) {
        List<String> lines = new ArrayList<>();
        List<String> names = new ArrayList<>(command.required());
        names.addAll(optional(command));
        if (takesFields(command)) {
            names.retainAll(Set.of("uuid", "params", "database:"));
        }
        int width = names.stream().mapToInt(name -> typed(name).length()).max().orElse(0) + 2;
        for (String name : names) {
            ParameterTexts.of(command.name(), name)
                    .ifPresent(text -> lines.add(
                            "  " + typed(name) + " ".repeat(width - typed(name).length()) + text.shown()));
        }
        if (takesFields(command)) {
            lines.add("  All other parameters are fields of the objects.");
        }
        if (!lines.isEmpty()) {
            lines.add(0, "Parameters");
            lines.add("");
        }
        List<String> examples = ParameterTexts.examples(command.name());
        if (!examples.isEmpty()) {
            lines.add(examples.size() == 1 ? "Example" : "Examples");
            examples.forEach(example -> lines.add("  " + example));
            lines.add("");
        }
        return lines;
    }

    private static boolean takesFields(Command command) {
        return command.name().endsWith("-param-set")
                || command.name().endsWith("-list") && command.optional().contains("database:");
    }

    /** A parameter as users type it. */
    private static String typed(String name) {
        return name.startsWith("<") || name.endsWith(":") ? name : name + "=";
    }

    /** The optional parameters, with a placeholder for those that choose objects. */
    static List<String> optional(Command command) {
        List<String> optional = new ArrayList<>(command.optional());
        if (command.has(Flag.VM_SELECTORS)) {
            optional.add("<vm-selectors>");
        }
        if (command.has(Flag.SR_SELECTORS)) {
            optional.add("<sr-selectors>");
        }
        if (command.has(Flag.HOST_SELECTORS)) {
            optional.add("<host-selectors>");
        }
        return optional;
    }

    private static String selectors(Command command) {
        if (command.has(Flag.VM_SELECTORS)) {
            return selectors("VMs", "vm", "name or uuid");
        }
        if (command.has(Flag.HOST_SELECTORS)) {
            return selectors("hosts", "host", "host name, name or uuid");
        }
        return command.has(Flag.SR_SELECTORS) ? selectors("SRs", "sr", "name or uuid") : "";
    }

    private static String selectors(String what, String kind, String by) {
        return " It works on the %s whose fields match the parameters, such as name-label=web; %s= takes a %s."
                        .formatted(what, kind, by)
                + " Without such parameters it works on all %s. Use --multiple for more than one.".formatted(what)
                + " 'xe %s-list params=all' shows the fields.".formatted(kind);
    }

    private static void overview(CommandTable table, CommandLine line, Printer printer) throws IOException {
        boolean all = line.get("all", "").equals("true");
        List<Command> listed = table.commands().stream()
                .filter(c -> !c.has(Flag.HIDDEN) && (all || c.has(Flag.STANDARD)))
                .toList();
        List<String> names = listed.stream().map(Command::name).toList();
        if (line.flag("minimal")) {
            printer.values(names);
            return;
        }
        if (!all) {
            printer.values(
                    List.of(USAGE + "All commands:\n  xe help --all\n\nCommon command list\n-------------------\n"));
            printer.values(wrapped(names));
            return;
        }
        printer.values(List.of(USAGE + "Full command list\n-----------------\n"));
        printer.values(briefly(listed, name -> name.startsWith("host-")));
        printer.values(List.of("    "));
        printer.values(briefly(listed, name -> name.startsWith("vm-")));
        printer.values(List.of("    "));
        printer.values(briefly(listed, name -> !name.startsWith("host-") && !name.startsWith("vm-")));
    }

    /** Each command with the first sentence of its help. */
    private static List<String> briefly(List<Command> commands, Predicate<String> wanted) {
        List<Command> chosen =
                commands.stream().filter(c -> wanted.test(c.name())).toList();
        int width = Math.min(
                COLUMN, chosen.stream().mapToInt(c -> c.name().length()).max().orElse(0));
        List<String> lines = new ArrayList<>();
        for (Command command : chosen) {
            String help = command.help();
            int end = help.indexOf(". ");
            String pad = " ".repeat(Math.max(0, width - command.name().length()));
            lines.add("    " + command.name() + pad + "  " + (end < 0 ? help : help.substring(0, end + 1)));
        }
        return lines;
    }

    private static List<String> wrapped(List<String> names) {
        List<String> lines = new ArrayList<>();
        String current = "    " + names.get(0);
        for (String name : names.subList(1, names.size())) {
            if (current.length() + name.length() > LINE) {
                lines.add(current);
                current = "    " + name;
            } else {
                current += ", " + name;
            }
        }
        lines.add(current);
        return lines;
    }
}
