package org.jxapi.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.xenapi.XenModel;

/** Writes docs/coverage.md from the observed behaviour of the code. */
final class Coverage {
    /** The effect of a call. */
    enum Outcome {
        WORKS("works"),
        REFUSES("refuses"),
        NOTHING("does nothing"),
        MISSING("missing");

        final String title;

        Outcome(String title) {
            this.title = title;
        }
    }

    /**
     * A message, command or path of XAPI.
     *
     * @param error the error of a refusal; null for other outcomes
     */
    record Item(String name, Outcome outcome, String error) {}

    /** Items of one kind, with their title in the table of counts. */
    record Part(String title, List<Item> items) {
        long count(Outcome outcome) {
            return items.stream().filter(item -> item.outcome() == outcome).count();
        }
    }

    private static final String HEAD = """
            # Coverage

            `CoverageTest` generates this page from the code, and calls the messages that refuse. Each item counts by the
            effect that it has:

            - works: it behaves as XAPI's documentation describes;
            - refuses: it exists and checks its parameters, but always fails with the named error, because jxapi does not
              offer the feature;
            - does nothing: it succeeds, and there is nothing to do;
            - missing: a message returns `NOT_IMPLEMENTED`, or XAPI's error for removed and internal messages; `xe` does not
              know the command; the path returns 404.

            """;

    private static final Map<String, String> REFUSALS = Refusals.read();

    private Coverage() {}

    /** The effect of a message. */
    static Item item(MessageModel message) {
        String refusal = REFUSALS.get(message.fullName());
        if (!message.offered()) {
            return new Item(message.fullName(), Outcome.MISSING, null);
        }
        if (refusal == null) {
            return new Item(message.fullName(), Outcome.WORKS, null);
        }
        boolean nothing = refusal.equals(Refusals.NOTHING);
        return new Item(message.fullName(), nothing ? Outcome.NOTHING : Outcome.REFUSES, nothing ? null : refusal);
    }

    private static List<Item> messages(boolean hidden) {
        return XenModel.CLASSES.stream()
                .flatMap(model -> model.messages().stream())
                .filter(m -> !m.implicit() && m.hidden() == hidden && !m.poolInternal())
                .map(Coverage::item)
                .toList();
    }

    /** The whole page. */
    static String text(Part commands, Part paths) {
        Part published = new Part("messages of the API", messages(false));
        Part hidden = new Part("messages that XAPI serves but does not document", messages(true));
        StringBuilder out = new StringBuilder(HEAD);
        out.append("| | ");
        for (Outcome outcome : Outcome.values()) {
            out.append(outcome.title).append(" | ");
        }
        out.append("all |\n|---|---|---|---|---|---|\n");
        for (Part part : List.of(published, hidden, commands, paths)) {
            out.append("| ").append(part.title()).append(" | ");
            for (Outcome outcome : Outcome.values()) {
                out.append(part.count(outcome)).append(" | ");
            }
            out.append(part.items().size()).append(" |\n");
        }
        out.append(
                        "\nThe counts exclude messages that follow from the fields of a class (getters, setters, lookups, constructors).")
                .append("\n\n## Messages by class\n\nAll messages of the other classes work.\n");
        for (ClassModel<?> model : XenModel.CLASSES) {
            of(out, model, published.items(), hidden.items());
        }
        section(out, "xe's commands", commands.items());
        section(out, "HTTP paths", paths.items());
        return out.toString();
    }

    private static void of(StringBuilder out, ClassModel<?> model, List<Item> published, List<Item> hidden) {
        String prefix = model.name() + ".";
        List<Item> own = own(published, prefix);
        List<Item> others = own(hidden, prefix);
        if (own.stream().allMatch(Coverage::works) && others.stream().allMatch(Coverage::works)) {
            return;
        }
        long works = own.stream().filter(Coverage::works).count();
        out.append("\n### ").append(model.name()).append(" (").append(works).append(" of ");
        out.append(own.size()).append(" work)\n");
        List<Item> all = new ArrayList<>(own);
        all.addAll(others);
        listed(out, all, item -> item.name().substring(prefix.length()));
    }

    private static boolean works(Item item) {
        return item.outcome() == Outcome.WORKS;
    }

    private static List<Item> own(Collection<Item> items, String prefix) {
        return items.stream().filter(item -> item.name().startsWith(prefix)).toList();
    }

    private static void section(StringBuilder out, String title, List<Item> items) {
        out.append("\n## ").append(title).append("\n");
        listed(out, items, Item::name);
    }

    private static void listed(StringBuilder out, List<Item> items, Function<Item, String> name) {
        Map<String, List<Item>> refused = items.stream()
                .filter(item -> item.outcome() == Outcome.REFUSES)
                .collect(Collectors.groupingBy(Item::error, TreeMap::new, Collectors.toList()));
        refused.forEach((error, those) -> line(out, "Refuse with `" + error + "`", those, name));
        line(out, "Do nothing", with(items, Outcome.NOTHING), name);
        line(out, "Missing", with(items, Outcome.MISSING), name);
    }

    private static List<Item> with(List<Item> items, Outcome outcome) {
        return items.stream().filter(item -> item.outcome() == outcome).toList();
    }

    private static void line(StringBuilder out, String title, List<Item> items, Function<Item, String> name) {
        if (!items.isEmpty()) {
            String names = items.stream().map(name).collect(Collectors.joining(", "));
            out.append("\n").append(title).append(": ").append(names).append(".\n");
        }
    }
}
