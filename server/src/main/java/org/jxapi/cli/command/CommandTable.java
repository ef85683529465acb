package org.jxapi.cli.command;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jxapi.cli.command.Command.Flag;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.thin.Nearest;
import org.jxapi.cli.thin.UsageException;

/** Commands by name, and the ways to declare one. The table does not know who fills it. */
public final class CommandTable {
    private final Map<String, Command> commands = new TreeMap<>();

    CommandTable() {}

    public Optional<Command> find(String name) {
        return Optional.ofNullable(commands.get(name));
    }

    /** The command of that name; {@link UsageException} when there is none. */
    public Command need(String name) {
        return find(name).orElseThrow(() -> new UsageException("Unknown command: " + name, question(name)));
    }

    /** Asks whether a command of a similar name is meant; empty when there is none. */
    String question(String name) {
        return Nearest.question(
                name,
                commands.values().stream()
                        .filter(c -> !c.has(Flag.HIDDEN))
                        .map(Command::name)
                        .toList());
    }

    /** In the order of their names. */
    public Collection<Command> commands() {
        return Collections.unmodifiableCollection(commands.values());
    }

    /**
     * Declares a command.
     *
     * @param required names of required parameters, with spaces between
     * @param optional names of optional ones
     */
    void add(String name, String required, String optional, String help, Command.Body body, Flag... flags) {
        Set<Flag> set = EnumSet.noneOf(Flag.class);
        Collections.addAll(set, flags);
        Command command = new Command(name, words(required), words(optional), help, set, body);
        if (commands.put(name, command) != null) {
            throw new IllegalStateException("declared twice: " + name);
        }
    }

    /** Something done to each chosen object. */
    interface Action {
        void run(Context context, CliObject object) throws IOException;
    }

    /** Declares a command that works on chosen VMs; its own parameters choose none. */
    void vms(String name, String required, String optional, String help, Scope scope, Action action, Flag... flags) {
        selecting(name, required, optional, help, scope, action, Flag.VM_SELECTORS, flags);
    }

    /** Declares a command that works on chosen hosts. */
    void hosts(String name, String required, String optional, String help, Scope scope, Action action, Flag... flags) {
        selecting(name, required, optional, help, scope, action, Flag.HOST_SELECTORS, flags);
    }

    /** Declares a command that works on chosen SRs. */
    void srs(String name, String required, String optional, String help, Scope scope, Action action, Flag... flags) {
        selecting(name, required, optional, help, scope, action, Flag.SR_SELECTORS, flags);
    }

    private void selecting(
            String name,
            String required,
            String optional,
            String help,
            Scope scope,
            Action action,
            Flag selectors,
            Flag... flags) {
        Set<String> own = Selection.stems(words(required), words(optional));
        Flag[] all = Arrays.copyOf(flags, flags.length + 1);
        all[flags.length] = selectors;
        add(name, required, optional, help, c -> Selection.each(c, selectors, scope, own, o -> action.run(c, o)), all);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }
}
