package org.jxapi.neighbour.guest;

import java.util.Locale;

/** The result for one setting. */
public enum Outcome {
    /** The VM has it as it is. */
    TAKEN,
    /** The VM has it in another form. */
    TRANSLATED,
    /** The VM does not have it, and works as before. */
    IGNORED,
    /** The VM cannot have it, and may not work as before. */
    REFUSED;

    String shown() {
        return name().toLowerCase(Locale.ROOT);
    }
}
