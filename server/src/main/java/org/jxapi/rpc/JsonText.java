package org.jxapi.rpc;

import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;

/** Records as JSON text, in the form of answers. */
public final class JsonText {
    private JsonText() {}

    /** Appends a record, without line breaks. */
    public static void append(StringBuilder out, Row<?> row) {
        JsonValue.write(out, Type.Basic.ANY_RECORD, row);
    }
}
