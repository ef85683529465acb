package org.jxapi.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VM;

/**
 * The default templates, from templates.json: XenServer's current ones with their UUIDs, some of XCP-ng's, and
 * some for cloud images. Each has
 * the edition of the list that it came with, so that an installation gets those that are newer than it, and none that
 * its administrator has removed.
 */
final class Templates {
    /** The newest edition in templates.json. */
    static final int EDITION = 3;

    private Templates() {}

    /**
     * Creates the templates of later editions that are not there yet. Those that are there stay as they are.
     *
     * @param edition the edition that the installation has; 0 for none
     * @param uefi whether guests can boot by UEFI here
     */
    static void create(Transaction tx, int edition, boolean uefi) {
        if (edition >= EDITION) {
            return;
        }
        Set<String> known = new HashSet<>();
        for (Stored<VM> stored : tx.all(VM.XEN_CLASS)) {
            known.add(stored.row().get(VM.UUID));
            if (stored.row().get(VM.IS_A_TEMPLATE) && !stored.row().get(VM.IS_A_SNAPSHOT)) {
                known.add(stored.row().get(VM.REFERENCE_LABEL));
                known.add(stored.row().get(VM.NAME_LABEL));
            }
        }
        for (JsonNode template : read()) {
            boolean there = known.contains(template.get("uuid").asText())
                    || known.contains(template.get("reference").asText())
                    || known.contains(template.get("name").asText());
            if (template.get("edition").asInt() > edition && !there) {
                tx.create(row(template, uefi));
            }
        }
    }

    static Row<VM> row(JsonNode template, boolean uefi) {
        return new TemplateRecord(template, uefi).row();
    }

    /** All templates, each with what its kind says where it does not say it itself. */
    static List<JsonNode> read() {
        try (InputStream in = Templates.class.getResourceAsStream("templates.json")) {
            JsonNode file = new ObjectMapper().readTree(in);
            List<JsonNode> templates = new ArrayList<>();
            for (JsonNode template : file.get("templates")) {
                JsonNode kind = file.get("kinds").path(template.path("kind").asText());
                templates.add(kind.isObject() ? merged(kind, template) : template);
            }
            return templates;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode merged(JsonNode kind, JsonNode template) {
        ObjectNode all = kind.deepCopy();
        template.fields().forEachRemaining(field -> {
            JsonNode before = all.get(field.getKey());
            boolean both = before != null && before.isObject();
            all.set(field.getKey(), both ? merged(before, field.getValue()) : field.getValue());
        });
        return all;
    }
}
