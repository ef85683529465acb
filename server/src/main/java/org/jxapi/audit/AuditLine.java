package org.jxapi.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** A line of the audit log, in XAPI's form: ocaml/xapi/rbac_audit.ml, and ocaml/libs/log/debug.ml for its beginning. */
final class AuditLine {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    private static final int TIME_LENGTH = "yyyyMMddTHH:mm:ss.SSS".length();

    private AuditLine() {}

    /**
     * A line without its break.
     *
     * @param peer where the call came from
     * @param task the name of the message, or its task
     * @param record an s-expression
     */
    static String of(Instant time, String peer, String task, String record) {
        long thread = Thread.currentThread().getId();
        String line = "[" + TIME.format(time) + "Z|audit||" + thread + " " + peer + "|" + task + "|audit] " + record;
        return printable(line.replace('\n', ' ').replace('\r', ' '));
    }

    /** Says that records were lost. */
    static String lost(Instant time, long count) {
        String record = SExpression.list(List.of(
                SExpression.text(""),
                SExpression.text(""),
                SExpression.text(""),
                SExpression.text("ALLOWED"),
                SExpression.text("ERROR:" + count + " records could not be written"),
                SExpression.text("API"),
                SExpression.text("pool.audit_log_append"),
                "()"));
        return of(time, "jxapid", "audit log", record);
    }

    /** The time of a line, in the form that can be compared as text; empty when it has none. */
    static String time(String line) {
        int begin = line.indexOf('[') + 1;
        return begin > 0 && line.length() > begin + TIME_LENGTH ? line.substring(begin, begin + TIME_LENGTH) : "";
    }

    /** What XAPI's log does to each line: bytes that are no printable ASCII are written in hexadecimal. */
    private static String printable(String line) {
        StringBuilder out = new StringBuilder(line.length() + 16);
        for (byte b : line.getBytes(StandardCharsets.UTF_8)) {
            if (b == '\\') {
                out.append("\\\\");
            } else if (b >= ' ' && b < 0x7f) {
                out.append((char) b);
            } else {
                out.append("\\x%02X".formatted(b & 0xff));
            }
        }
        return out.toString();
    }
}
