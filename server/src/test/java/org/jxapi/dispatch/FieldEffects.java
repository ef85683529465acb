package org.jxapi.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.xenapi.XenModel;

/** The effects of fields that clients set, from the model, and the part of docs/coverage.md about them. */
public final class FieldEffects {
    private static final List<String> KINDS = List.of("honoured", "kept", "stored", "refused");

    private FieldEffects() {}

    /**
     * One field, or one key of its map.
     *
     * @param key null for the field itself
     * @param effect honoured, kept, stored or refused
     * @param by the class of the server that acts on it, such as {@code vm.GuestBuild}; null for none
     * @param error the error of a refusal; null for none
     * @param note may be empty
     */
    public record Effect(
            String className, String field, String key, String effect, String by, String error, String note) {
        /** Returns {@code VM.platform:hvm_serial} or {@code VM.name_label}. */
        public String path() {
            return className + "." + field + (key == null ? "" : ":" + key);
        }
    }

    /** All that the model declares, in its order. */
    public static List<Effect> all() {
        try (InputStream in = XenModel.class.getResourceAsStream("field-effects.json")) {
            List<Effect> all = new ArrayList<>();
            for (JsonNode each : new ObjectMapper().readTree(in)) {
                all.add(new Effect(
                        each.get("class").asText(),
                        each.get("field").asText(),
                        text(each, "key"),
                        each.get("effect").asText(),
                        text(each, "by"),
                        text(each, "error"),
                        each.path("note").asText()));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(JsonNode node, String name) {
        return node.has(name) ? node.get(name).asText() : null;
    }

    /** The section of docs/coverage.md. */
    public static String section() {
        Map<String, List<Effect>> byClass = new LinkedHashMap<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        KINDS.forEach(kind -> counts.put(kind, 0));
        for (Effect effect : all()) {
            byClass.computeIfAbsent(effect.className(), name -> new ArrayList<>())
                    .add(effect);
            counts.merge(effect.effect(), 1, Integer::sum);
        }
        StringBuilder out = new StringBuilder("\n## Fields\n\n");
        out.append(
                        "This table lists the fields that clients can set, and known keys of maps. *Honoured*: jxapid acts on the")
                .append(
                        " field, in the named\nclass. *Kept*: XAPI only keeps the field for clients, and so does jxapid.")
                .append(
                        " *Stored*: XAPI acts on the field, but jxapid only\nstores it. *Refused*: a change fails with the named")
                .append(" error. Maps keep all other keys for clients.\n\n");
        counts.forEach((kind, count) ->
                out.append("- ").append(kind).append(": ").append(count).append('\n'));
        byClass.forEach((name, effects) -> {
            out.append("\n### Fields of ").append(name).append("\n\n| field | effect | |\n|---|---|---|\n");
            effects.forEach(effect -> row(out, effect));
        });
        return out.toString();
    }

    private static void row(StringBuilder out, Effect effect) {
        List<String> about = new ArrayList<>();
        if (effect.by() != null) {
            about.add("`" + effect.by().replace('.', '/') + "`");
        }
        if (effect.error() != null) {
            about.add("`" + effect.error() + "`");
        }
        if (!effect.note().isEmpty()) {
            about.add(effect.note());
        }
        out.append("| `")
                .append(effect.field())
                .append(effect.key() == null ? "" : ":" + effect.key())
                .append("` | ")
                .append(effect.effect())
                .append(" | ")
                .append(String.join(": ", about))
                .append(" |\n");
    }
}
