package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The source of the list of all classes. */
final class ModelSource {
    private ModelSource() {}

    static String of(List<JsonNode> classes, Map<String, JsonNode> enums) {
        List<String> models = new ArrayList<>();
        classes.forEach(
                c -> models.add("            " + Names.type(c.get("class").asText()) + ".XEN_CLASS"));
        return """
                package %s;

                import java.util.LinkedHashMap;
                import java.util.List;
                import java.util.Map;
                import org.jspecify.annotations.Nullable;
                import org.jxapi.datamodel.ClassModel;
                import org.jxapi.datamodel.Field;
                import org.jxapi.datamodel.Ref;

                /** The whole object model. */
                public final class XenModel {
                    /** All classes, in the model's order. */
                    public static final List<ClassModel<?>> CLASSES = List.of(
                %s);

                    private static final Map<String, ClassModel<?>> BY_NAME = new LinkedHashMap<>();

                    static {
                        CLASSES.forEach(c -> BY_NAME.put(c.name(), c));
                    }

                    private XenModel() {}

                    /** The class of that name, or null. */
                    public static @Nullable ClassModel<?> get(String name) {
                        return BY_NAME.get(name);
                    }

                    /** The class that the reference is of; IllegalArgumentException for {@link Ref#nil()}. */
                    @SuppressWarnings("unchecked")
                    public static <C> ClassModel<C> of(Ref<C> ref) {
                        return (ClassModel<C>) known(ref.className());
                    }

                    /** The class that the field belongs to. */
                    @SuppressWarnings("unchecked")
                    public static <C> ClassModel<C> of(Field<C, ?> field) {
                        return (ClassModel<C>) known(field.className());
                    }

                    private static ClassModel<?> known(String name) {
                        ClassModel<?> model = get(name);
                        if (model == null) {
                            throw new IllegalArgumentException("the model has no class \\"" + name + "\\"");
                        }
                        return model;
                    }
                }
                """.formatted(Generate.PACKAGE, String.join(",\n", models));
    }
}
