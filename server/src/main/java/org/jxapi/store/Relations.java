package org.jxapi.store;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Type;
import org.jxapi.xenapi.XenModel;

/** Which field is the other end of which. */
public final class Relations {
    private static final Map<Field<?, ?>, Field<?, ?>> OTHER_END = new HashMap<>();

    static {
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (Field<?, ?> field : model.fields()) {
                if (field.inverse() != null) {
                    int dot = field.inverse().indexOf('.');
                    ClassModel<?> other =
                            Objects.requireNonNull(XenModel.get(field.inverse().substring(0, dot)), field::inverse);
                    Field<?, ?> end = other.field(field.inverse().substring(dot + 1));
                    if (end != null && end != field) {
                        OTHER_END.put(field, end);
                    }
                }
            }
        }
    }

    private Relations() {}

    /** The other end, or null. */
    static @Nullable Field<?, ?> otherEnd(Field<?, ?> field) {
        return OTHER_END.get(field);
    }

    /** Whether the field is a set that follows from single references at the other end. */
    static boolean derived(Field<?, ?> field) {
        Field<?, ?> end = OTHER_END.get(field);
        return end != null && field.type() instanceof Type.SetOf && end.type() instanceof Type.Reference;
    }

    /** Whether the database keeps the field's value. */
    public static boolean stored(Field<?, ?> field) {
        return field.persist() && !derived(field);
    }
}
