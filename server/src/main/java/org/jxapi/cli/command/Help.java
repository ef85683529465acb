package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.cli.command.Command.Flag;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.cli.thin.Printer;

/** xe help, in XAPI's layout. */
public final class Help {
    private static final Set<String> NOT_COMMANDS = Set.of("server", "username", "password", "port", "minimal", "all");

    private static final String USAGE = """
            Usage:
              xe <command>
                [ -s <server> ]            the host to talk to
                [ -p <port> ]              its port
                [ -u <username> -pw <password> | -pwf <password file> ]
                                           who you are; the file holds both, a line each
                [ --nossl ]                talk without TLS
                [ --debug ]                show what the client does
                [ --debug-on-fail ]        show it only when the command fails
                [ --traceparent <value> ]  context for distributed tracing
                [ <other arguments> ... ]  the command's own arguments

            Help on one command:
              xe help <command>

            """;
    private static final int LINE = 74;

    private Help() {}

    public static void print(CommandTable table, CommandLine line, Printer printer) throws IOException {
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
            } else {
                printer.records(List.of(describe(command.get())));
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

    /** The optional parameters, with the place for those that choose objects. */
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
        return " It works on the %s whose fields are as the parameters say, such as name-label=web; %s= takes a %s. More"
                        .formatted(what, kind, by)
                + " than one needs --multiple. 'xe %s-list params=all' shows the fields. Without such parameters all %s"
                        .formatted(kind, what)
                + " are meant.";
    }

    private static void overview(CommandTable table, CommandLine line, Printer printer) throws IOException {
        boolean all = line.get("all", "").equals("true");
        List<String> names = table.commands().stream()
                .filter(c -> !c.has(Flag.HIDDEN) && (all || c.has(Flag.STANDARD)))
                .map(Command::name)
                .toList();
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
        printer.values(wrapped(names.stream().filter(n -> n.startsWith("host-")).toList()));
        printer.values(List.of("    "));
        printer.values(wrapped(names.stream().filter(n -> n.startsWith("vm-")).toList()));
        printer.values(List.of("    "));
        printer.values(wrapped(names.stream()
                .filter(n -> !n.startsWith("host-") && !n.startsWith("vm-"))
                .toList()));
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
