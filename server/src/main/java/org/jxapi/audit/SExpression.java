package org.jxapi.audit;

import java.util.List;
import java.util.stream.Collectors;

/** S-expressions as XAPI's audit log has them: ocaml/libs/sexpr/sExpr.ml. */
final class SExpression {
    /** The most that a record has of one text. */
    private static final int LONGEST = 1000;

    private SExpression() {}

    /** A text in quotes. */
    static String text(String value) {
        String cut = value.length() > LONGEST ? value.substring(0, LONGEST) + "..." : value;
        return "'" + cut.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    static String list(List<String> expressions) {
        return expressions.stream().collect(Collectors.joining(" ", "(", ")"));
    }
}
