package org.jxapi.query;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;

/**
 * An expression of {@code get_all_records_where}: equality of fields and literals, {@code and} and {@code or} of the same
 * precedence from left to right, and {@code not}, which binds weakest of all.
 */
public final class Query {
    private static final int MAX_DEPTH = 200;

    /** Part of an expression. */
    private interface Term {
        boolean matches(Stored<?> stored);
    }

    /** Something that can be compared. */
    private interface Value {
        String of(Stored<?> stored);
    }

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private int position;
    private int depth;
    private final Term root;

    /** Parses the expression; INVALID_VALUE when it is none. */
    public Query(String text) {
        this.text = text;
        scan();
        this.root = expression();
        if (position < tokens.size()) {
            throw bad();
        }
    }

    /** Whether the object is meant; INTERNAL_ERROR when the expression names a field that its class does not have. */
    public boolean matches(Stored<?> stored) {
        return root.matches(stored);
    }

    private void scan() {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\t' || c == '\n') {
                i++;
            } else if (c == '(' || c == ')' || c == '=') {
                tokens.add(String.valueOf(c));
                i++;
            } else if (c == '"') {
                int end = text.indexOf('"', i + 1);
                if (end < 0) {
                    throw bad();
                }
                tokens.add(text.substring(i, end + 1));
                i = end + 1;
            } else if (Character.isLetter(c)) {
                int start = i;
                while (i < text.length() && Character.isLetterOrDigit(text.charAt(i))) {
                    i++;
                }
                tokens.add(text.substring(start, i));
            } else {
                throw bad();
            }
        }
    }

    private Term expression() {
        if (++depth > MAX_DEPTH) {
            throw bad();
        }
        try {
            if (take("not")) {
                Term inner = expression();
                return stored -> !inner.matches(stored);
            }
            Term left = atom();
            while (true) {
                if (take("and")) {
                    Term first = left;
                    Term second = operand();
                    left = stored -> first.matches(stored) && second.matches(stored);
                } else if (take("or")) {
                    Term first = left;
                    Term second = operand();
                    left = stored -> first.matches(stored) || second.matches(stored);
                } else {
                    return left;
                }
            }
        } finally {
            depth--;
        }
    }

    private Term operand() {
        return "not".equals(peek()) ? expression() : atom();
    }

    private Term atom() {
        if (take("true")) {
            return stored -> true;
        }
        if (take("false")) {
            return stored -> false;
        }
        if (take("(")) {
            Term inner = expression();
            need(")");
            return inner;
        }
        Value left = value();
        need("=");
        Value right = value();
        return stored -> left.of(stored).equals(right.of(stored));
    }

    private Value value() {
        if (take("field")) {
            String name = literal();
            return stored -> field(stored, name);
        }
        String constant = literal();
        return stored -> constant;
    }

    private static String field(Stored<?> stored, String name) {
        if (name.equals("_ref")) {
            return stored.ref().value();
        }
        Field<?, ?> field = stored.row().model().fieldByColumn(name);
        if (field == null) {
            throw new XenApiException("INTERNAL_ERROR", List.of("missing field", name, ""));
        }
        return DbText.of(stored.row().get(field.index()));
    }

    private String literal() {
        String token = peek();
        if (token == null || token.charAt(0) != '"') {
            throw bad();
        }
        position++;
        return token.substring(1, token.length() - 1);
    }

    private @Nullable String peek() {
        return position < tokens.size() ? tokens.get(position) : null;
    }

    private boolean take(String token) {
        if (token.equals(peek())) {
            position++;
            return true;
        }
        return false;
    }

    private void need(String token) {
        if (!take(token)) {
            throw bad();
        }
    }

    private RuntimeException bad() {
        return Errors.invalidValue(text, "Parsing.Parse_error");
    }
}
