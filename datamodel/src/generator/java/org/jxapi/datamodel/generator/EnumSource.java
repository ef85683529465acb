package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The source of an enumeration. */
final class EnumSource {
    private EnumSource() {}

    static String of(JsonNode model) {
        String name = model.get("name").asText();
        String type = Names.type(name);
        List<String> constants = new ArrayList<>();
        for (JsonNode value : model.get("values")) {
            String wire = value.asText();
            JsonNode meaning = model.path("meanings").get(wire);
            String doc = meaning == null ? "" : "    /** " + Names.doc(meaning.asText()) + " */\n";
            constants.add(doc + "    " + Names.constant(wire) + "(" + Names.quote(wire) + ")");
        }
        return """
                package %s;

                import java.util.Collections;
                import java.util.LinkedHashMap;
                import java.util.Map;
                import org.jxapi.datamodel.Type;
                import org.jxapi.datamodel.XenEnum;

                /** The XenAPI's enumeration {@code %s}. %s */
                public enum %s implements XenEnum {
                %s;

                    private static final Map<String, %s> BY_NAME = new LinkedHashMap<>();

                    static {
                        for (%s value : values()) {
                            BY_NAME.put(value.wire, value);
                        }
                    }

                    public static final Type.Enumeration TYPE =
                            new Type.Enumeration("%s", Collections.unmodifiableMap(BY_NAME));

                    private final String wire;

                    %s(String wire) {
                        this.wire = wire;
                    }

                    @Override
                    public String wire() {
                        return wire;
                    }
                }
                """.formatted(
                        Generate.PACKAGE,
                        name,
                        Names.doc(model.get("about").asText()),
                        type,
                        String.join(",\n", constants),
                        type,
                        type,
                        name,
                        type);
    }
}
