package org.jxapi.measure;

import java.util.Comparator;
import java.util.Locale;

/** The object that data sources are about. */
public record Owner(Kind kind, String uuid) implements Comparable<Owner> {
    /** Kinds of owners, in the order of XAPI's answers. */
    public enum Kind {
        HOST,
        VM,
        SR
    }

    public static Owner host(String uuid) {
        return new Owner(Kind.HOST, uuid);
    }

    public static Owner vm(String uuid) {
        return new Owner(Kind.VM, uuid);
    }

    public static Owner sr(String uuid) {
        return new Owner(Kind.SR, uuid);
    }

    /** The beginning of its sources' names in answers: {@code vm:UUID:}. */
    String prefix() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + uuid + ":";
    }

    @Override
    public int compareTo(Owner other) {
        return Comparator.comparing(Owner::kind).thenComparing(Owner::uuid).compare(this, other);
    }
}
