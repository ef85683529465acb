package org.jxapi.cli.record;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Type;

/**
 * A field as the command line shows it.
 *
 * @param access the access that its label shows
 * @param through the field of the class whose reference leads to {@code field}, or null
 * @param field the field that holds the value; null when code computes it
 * @param absent the text to show when {@code through} is the null reference
 * @param options the words of records.txt
 */
public record RecordField(
        String name,
        Access access,
        @Nullable Field<?, ?> through,
        @Nullable Field<?, ?> field,
        String absent,
        Set<String> options) {
    /** RO and RW are plain; S is a set, M a map. */
    public enum Access {
        RO(" ( RO)"),
        RW(" ( RW)"),
        SRO(" (SRO)"),
        SRW(" (SRW)"),
        MRO(" (MRO)"),
        MRW(" (MRW)");

        private final String label;

        Access(String label) {
            this.label = label;
        }
    }

    public boolean has(String option) {
        return options.contains(option);
    }

    public boolean set() {
        return access == Access.SRO || access == Access.SRW;
    }

    public boolean map() {
        return access == Access.MRO || access == Access.MRW;
    }

    /** Whether {@code param-set name=value} works. */
    public boolean settable() {
        return access == Access.RW || has("set");
    }

    /** Whether members or entries can be added and removed one by one. */
    public boolean addable() {
        return access == Access.SRW || access == Access.MRW;
    }

    /** Whether {@code param-set name:key=value} works. */
    public boolean keysSettable() {
        return access == Access.MRW || has("set-in-map") || has("set-map");
    }

    /** Whether {@code param-clear} can be tried. */
    public boolean clearable() {
        return settable() || set() || map();
    }

    /** The name with its access. */
    public String label() {
        return name + access.label + (has("deprecated") ? " [DEPRECATED]" : "");
    }

    /** The type of the value; IllegalStateException when code computes the value. */
    public Type type() {
        if (field == null) {
            throw new IllegalStateException("code computes " + name);
        }
        return field.type();
    }

    /** The field's name in messages such as {@code set_name_label}. */
    public String apiName() {
        return field == null ? name.replace('-', '_') : field.name();
    }
}
