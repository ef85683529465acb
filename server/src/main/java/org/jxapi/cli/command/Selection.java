package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.ErrorText;
import org.jxapi.cli.record.Filters;
import org.jxapi.cli.record.RecordKind;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.record.UnknownFieldException;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.CommandLine;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.cli.thin.Nearest;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenTime;
import org.jxapi.xenapi.Message;

/** Finds the VMs, hosts or SRs that a command's parameters choose, and does something to each. */
final class Selection {
    /**
     * Which objects can be chosen.
     *
     * @param controlDomains control domains too
     * @param templates templates too
     * @param several several at once, with --multiple
     */
    record Scope(boolean controlDomains, boolean templates, boolean several) {
        static final Scope PLAIN = new Scope(false, false, true);
        static final Scope ONE = new Scope(false, false, false);
        static final Scope CONTROL = new Scope(true, false, true);
        static final Scope CONTROL_ONE = new Scope(true, false, false);
        static final Scope TEMPLATES = new Scope(false, true, true);
        static final Scope TEMPLATES_ONE = new Scope(false, true, false);
        static final Scope ALL = new Scope(true, true, true);
    }

    /** Something done to one object. */
    interface Work {
        void run(CliObject object) throws IOException;
    }

    /** Parameters of {@code vm-start} and others that choose nothing. */
    private static final String PROGRESS = "progress";

    private Selection() {}

    static Set<String> stems(List<String> required, List<String> optional) {
        Set<String> stems = new HashSet<>(Set.of(PROGRESS));
        required.forEach(p -> stems.add(stem(p)));
        optional.forEach(p -> stems.add(stem(p)));
        return stems;
    }

    private static String stem(String parameter) {
        return parameter.endsWith(":") ? parameter.substring(0, parameter.length() - 1) : parameter;
    }

    static void each(Context context, Command.Flag selectors, Scope scope, Set<String> ignored, Work work)
            throws IOException {
        switch (selectors) {
            case VM_SELECTORS -> eachVm(context, scope, ignored, work);
            case HOST_SELECTORS ->
                all(context, "host", "No matching hosts found", scope, matching(context, "host", ignored), work);
            default -> all(context, "SR", "No matching hosts found", scope, matching(context, "sr", ignored), work);
        }
    }

    static void eachVm(Context context, Scope scope, Set<String> ignored, Work work) throws IOException {
        try {
            List<CliObject> vms = vms(context.api(), context.line(), scope, ignored);
            Work announced = vm -> announced(context, vm, work);
            if (vms.isEmpty()) {
                throw new CliException("No matching VMs found", question(context, "vm"));
            } else if (vms.size() == 1) {
                announced.run(vms.get(0));
            } else if (scope.several() && context.flag("multiple")) {
                multiple(context.api(), vms, announced);
            } else {
                throw new CliException(
                        scope.several()
                                ? "Multiple matches VMs found. --multiple required to complete the operation"
                                : "Multiple matches VMs found. Operation can only be performed on one VM at a time");
            }
        } catch (UnknownFieldException e) {
            throw new CliException(
                    "Parameter '" + e.getMessage()
                            + "' is not a field of the VM class. Failed to select VM for operation.",
                    e.question());
        }
    }

    /** The VMs that the parameters choose. */
    static List<CliObject> vms(Api api, CommandLine line, Scope scope, Set<String> ignored) {
        List<Param> conditions = new ArrayList<>();
        if (!scope.templates()) {
            conditions.add(new Param("is-a-template", "false"));
        }
        if (!scope.controlDomains()) {
            conditions.add(new Param("is-control-domain", "false"));
        }
        return matching(api, line, "vm", ignored, conditions);
    }

    private static List<CliObject> matching(Context context, String kind, Set<String> ignored) {
        return matching(context.api(), context.line(), kind, ignored, new ArrayList<>());
    }

    private static List<CliObject> matching(
            Api api, CommandLine line, String kind, Set<String> ignored, List<Param> conditions) {
        List<CliObject> objects = CliObject.all(api, RecordKinds.get(kind));
        Set<String> others = new HashSet<>(ignored);
        others.add(PROGRESS);
        Optional<String> name = line.find(kind);
        if (name.isPresent()) {
            objects = objects.stream().filter(o -> named(o, kind, name.get())).toList();
            others.add(kind);
        }
        conditions.addAll(line.others(others));
        return Filters.choose(objects, conditions);
    }

    /** Whether the object goes by that name: its uuid, its name or, for a host, its host name. */
    private static boolean named(CliObject object, String kind, String name) {
        return object.text("uuid").equals(name)
                || object.text("name-label").equals(name)
                || kind.equals("host") && object.text("hostname").equals(name);
    }

    private static void all(Context context, String what, String none, Scope scope, List<CliObject> objects, Work work)
            throws IOException {
        if (objects.isEmpty()) {
            throw new CliException(none, question(context, what.toLowerCase(Locale.ROOT)));
        } else if (objects.size() == 1) {
            work.run(objects.get(0));
        } else if (scope.several() && context.flag("multiple")) {
            multiple(context.api(), objects, work);
        } else {
            throw new CliException(
                    scope.several()
                            ? "Multiple matching " + what + "s found. --multiple required to complete the operation"
                            : "Multiple matching " + what + "s found. Operation can only be performed on one " + what
                                    + " at a time");
        }
    }

    /** Asks whether an object of a similar name is meant; empty when there is none. */
    private static String question(Context context, String kind) {
        CommandLine line = context.line();
        String typed = line.find(kind).or(() -> line.find("name-label")).orElse("");
        return question(context.api(), kind, typed);
    }

    /** Asks whether an object of a similar name is meant; empty when there is none. */
    static String question(Api api, String kind, String typed) {
        if (typed.isEmpty()) {
            return "";
        }
        RecordKind model = RecordKinds.get(kind);
        List<Param> conditions = new ArrayList<>();
        model.where().forEach((name, value) -> conditions.add(new Param(name, value)));
        List<CliObject> objects = Filters.choose(CliObject.all(api, model), conditions);
        return Nearest.question(
                typed, objects.stream().map(o -> o.text("name-label")).toList());
    }

    /** Works on all objects, even if some fail, and then reports those that failed, the last one first as XAPI does. */
    private static void multiple(Api api, List<CliObject> objects, Work work) throws IOException {
        List<MultipleFailureException.Failed> failed = new ArrayList<>();
        for (CliObject object : objects) {
            try {
                work.run(object);
            } catch (XenApiException e) {
                String text = ErrorText.lines(api::shown, e)
                        .map(lines -> lines.get(0) + "\n" + String.join("\n", lines.subList(1, lines.size())))
                        .orElseGet(() -> ErrorText.brief(e));
                failed.add(0, new MultipleFailureException.Failed(object.uuid(), text));
            } catch (CliException e) {
                failed.add(0, new MultipleFailureException.Failed(object.uuid(), e.text()));
            }
        }
        if (!failed.isEmpty()) {
            throw new MultipleFailureException(failed);
        }
    }

    /** Runs the work, then shows the urgent messages that it has left about the VM. */
    private static void announced(Context context, CliObject vm, Work work) throws IOException {
        long priority = context.line().number("message-priority", 5);
        XenTime before = XenTime.now();
        work.run(vm);
        Map<?, ?> messages;
        try {
            messages = (Map<?, ?>) context.call("message.get", "VM", vm.uuid(), before);
        } catch (XenApiException e) {
            return;
        }
        for (Object message : messages.values()) {
            Row<Message> row = ((Row<?>) message).as(Message.XEN_CLASS);
            if (row.get(Message.PRIORITY) < priority) {
                context.printer()
                        .warning("Message: time=" + row.get(Message.TIMESTAMP) + " priority="
                                + row.get(Message.PRIORITY) + " name='" + row.get(Message.NAME) + "'\n");
            }
        }
    }
}
