package org.jxapi.neighbour.syntax;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads configurations of xl, and those of xm, which are Python programs. It evaluates assignments of strings, numbers,
 * lists and dictionaries, with arithmetic, concatenation and formatting, and the names that were assigned before. It
 * refuses everything else, with the line: it never runs code.
 */
public final class PythonReader {
    private static final int DEEPEST = 32;
    private static final Set<String> STATEMENTS = Set.of(
            "import", "from", "def", "if", "elif", "else", "for", "while", "try", "except", "finally", "class", "exec",
            "print", "return", "raise", "with", "del", "assert", "lambda", "global", "pass", "eval");

    private final List<Token> tokens;
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private int at;
    private int depth;

    private PythonReader(List<Token> tokens) {
        this.tokens = tokens;
    }

    /**
     * The assignments of a text. Of several with one name, the last counts.
     *
     * @throws SyntaxException if a line is anything but an assignment that can be evaluated
     */
    public static List<Setting> read(String text) {
        PythonReader reader = new PythonReader(Lexer.tokens(text));
        while (reader.peek().kind() != Token.Kind.END_OF_FILE) {
            reader.statement();
        }
        return List.copyOf(reader.settings.values());
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Token.Kind.END_OF_FILE) {
            at++;
        }
        return token;
    }

    private boolean taken(String operator) {
        boolean is = peek().is(operator);
        if (is) {
            at++;
        }
        return is;
    }

    private void expect(String operator, String where) {
        if (!taken(operator)) {
            throw refused("\"" + operator + "\" is missing in " + where + " before " + peek().shown());
        }
    }

    private SyntaxException refused(String reason) {
        return new SyntaxException(peek().line(), reason);
    }

    private void statement() {
        Token name = next();
        if (name.kind() == Token.Kind.STRING && peek().ends()) {
            // A string alone is a comment in Python.
            next();
            return;
        }
        if (name.kind() == Token.Kind.NAME && STATEMENTS.contains(name.text())) {
            throw new SyntaxException(
                    name.line(),
                    "\"" + name.text() + "\" is code, which is never run. Write the values that it computes instead");
        }
        if (name.kind() == Token.Kind.INDENTATION) {
            throw new SyntaxException(
                    name.line(),
                    "an indented line belongs to a block, and blocks are not evaluated. Remove the indentation, or the"
                            + " block");
        }
        if (name.kind() != Token.Kind.NAME) {
            throw new SyntaxException(name.line(), "an assignment begins with a name, not with " + name.shown());
        }
        boolean more = peek().is("+=");
        if (!more && !peek().is("=")) {
            throw refused("only assignments are evaluated; " + peek().shown() + " follows \"" + name.text() + "\"");
        }
        next();
        Object value = expression();
        if (peek().is("=")) {
            throw refused("one assignment gives one name a value; write a line for each name");
        }
        if (!peek().ends()) {
            throw refused("the value of \"" + name.text() + "\" is followed by " + peek().shown());
        }
        next();
        if (more) {
            Setting before = settings.get(name.text());
            if (before == null) {
                throw new SyntaxException(name.line(), "\"" + name.text() + "\" has no value that += could add to");
            }
            value = new Arithmetic(name.line()).apply("+", before.value(), value);
        }
        settings.remove(name.text());
        settings.put(name.text(), new Setting(name.text(), value, name.line()));
    }

    private Object expression() {
        if (++depth > DEEPEST) {
            throw refused("values are nested more than " + DEEPEST + " deep");
        }
        Object value = term();
        while (peek().is("+") || peek().is("-")) {
            Token operator = next();
            value = new Arithmetic(operator.line()).apply(operator.text(), value, term());
        }
        depth--;
        return value;
    }

    private Object term() {
        Object value = factor();
        while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
            Token operator = next();
            value = new Arithmetic(operator.line()).apply(operator.text(), value, factor());
        }
        return value;
    }

    private Object factor() {
        if (peek().is("-") || peek().is("+")) {
            Token sign = next();
            return new Arithmetic(sign.line()).apply(sign.text(), 0L, atom());
        }
        Object value = atom();
        while (true) {
            if (peek().is("[")) {
                Token bracket = next();
                Object index = expression();
                expect("]", "an index");
                value = new Arithmetic(bracket.line()).element(value, index);
            } else if (peek().is(".")) {
                value = method(value);
            } else if (peek().is("(")) {
                throw refused("calls are not evaluated, except str(), int() and the method format()");
            } else {
                return value;
            }
        }
    }

    private Object atom() {
        Token token = next();
        switch (token.kind()) {
            case NUMBER -> {
                return Arithmetic.number(token);
            }
            case STRING -> {
                StringBuilder whole = new StringBuilder(token.text());
                while (peek().kind() == Token.Kind.STRING) {
                    whole.append(next().text());
                }
                return whole.toString();
            }
            case NAME -> {
                return named(token);
            }
            default -> {
                return switch (token.text()) {
                    case "(" -> parenthesis();
                    case "[" -> new ArrayList<>(list("]", "a list"));
                    case "{" -> dictionary();
                    default -> throw new SyntaxException(token.line(), "a value is missing before " + token.shown());
                };
            }
        }
    }

    private Object named(Token name) {
        switch (name.text()) {
            case "True", "true" -> {
                return true;
            }
            case "False", "false" -> {
                return false;
            }
            case "None" -> {
                return Setting.NONE;
            }
            default -> {
                // It is a name of the file, or one of two functions.
            }
        }
        if (peek().is("(")) {
            if (!name.text().equals("str") && !name.text().equals("int")) {
                throw new SyntaxException(
                        name.line(),
                        "the call of " + name.text() + "() is code, which is never run. Write its result instead");
            }
            next();
            List<Object> arguments = list(")", "a call");
            return new Arithmetic(name.line()).converted(name.text(), arguments);
        }
        Setting known = settings.get(name.text());
        if (known == null) {
            throw new SyntaxException(
                    name.line(), "\"" + name.text() + "\" has no value yet. If it is text, it needs quotes");
        }
        return known.value();
    }

    private Object method(Object value) {
        Token dot = next();
        Token name = next();
        if (!name.text().equals("format") || !(value instanceof String text) || !taken("(")) {
            throw new SyntaxException(
                    dot.line(), "\"." + name.text() + "\" is code, which is never run. Write its result instead");
        }
        return new Arithmetic(dot.line()).braces(text, list(")", "a call"));
    }

    private Object parenthesis() {
        if (taken(")")) {
            return new ArrayList<>();
        }
        Object first = expression();
        if (taken(")")) {
            return first;
        }
        expect(",", "parentheses");
        List<Object> tuple = new ArrayList<>(List.of(first));
        tuple.addAll(list(")", "parentheses"));
        return tuple;
    }

    private List<Object> list(String end, String where) {
        List<Object> values = new ArrayList<>();
        while (!taken(end)) {
            values.add(expression());
            if (!peek().is(end)) {
                expect(",", where);
            }
        }
        return values;
    }

    private Map<Object, Object> dictionary() {
        Map<Object, Object> values = new LinkedHashMap<>();
        while (!taken("}")) {
            Object key = expression();
            expect(":", "a dictionary");
            values.put(key, expression());
            if (!peek().is("}")) {
                expect(",", "a dictionary");
            }
        }
        return values;
    }
}
