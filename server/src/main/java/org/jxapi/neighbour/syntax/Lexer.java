package org.jxapi.neighbour.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Splits a configuration in Python's syntax into tokens. */
final class Lexer {
    private static final Set<String> DOUBLE = Set.of("**", "//", "+=", "==", "!=", "<=", ">=", "-=", "*=", "/=", "%=");
    private static final String SINGLE = "=+-*/%()[]{},.:<>";
    private static final Set<String> PREFIXES = Set.of("r", "u", "b", "br", "rb");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    /** How many brackets are open. Lines end no statement in them. */
    private int open;

    private Lexer(String text) {
        this.text = text;
    }

    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        boolean fresh = true;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (fresh && (c == ' ' || c == '\t') && !blankLine()) {
                tokens.add(new Token(Token.Kind.INDENTATION, "", line));
            }
            fresh = false;
            if (c == '\n') {
                end();
                at++;
                line++;
                fresh = open == 0;
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
                at++;
            } else if (c == '#') {
                skipComment();
            } else if (c == '\\' && text.startsWith("\n", at + 1)) {
                at += 2;
                line++;
            } else if (c == '\\' && text.startsWith("\r\n", at + 1)) {
                at += 3;
                line++;
            } else if (c == ';') {
                end();
                at++;
            } else {
                token(c);
            }
        }
        if (open > 0) {
            throw new SyntaxException(line, "the file ends in a list, a dictionary or parentheses that are not closed");
        }
        end();
        tokens.add(new Token(Token.Kind.END_OF_FILE, "", line));
    }

    /** Whether the line has nothing but a comment. */
    private boolean blankLine() {
        int i = at;
        while (i < text.length() && " \t\r\f".indexOf(text.charAt(i)) >= 0) {
            i++;
        }
        return i == text.length() || text.charAt(i) == '\n' || text.charAt(i) == '#';
    }

    private void skipComment() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    private void end() {
        if (open == 0 && !tokens.isEmpty() && !tokens.get(tokens.size() - 1).ends()) {
            tokens.add(new Token(Token.Kind.END_OF_STATEMENT, "", line));
        }
    }

    private void token(char c) {
        if (Character.isLetter(c) || c == '_') {
            nameOrString();
        } else if (Character.isDigit(c)) {
            number();
        } else if (c == '"' || c == '\'') {
            string(false);
        } else {
            operator(c);
        }
    }

    private void nameOrString() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        String name = text.substring(start, at);
        boolean quoted = at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'');
        if (quoted && PREFIXES.contains(name.toLowerCase(Locale.ROOT))) {
            string(name.toLowerCase(Locale.ROOT).contains("r"));
        } else {
            tokens.add(new Token(Token.Kind.NAME, name, line));
        }
    }

    private void number() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        tokens.add(new Token(Token.Kind.NUMBER, text.substring(start, at), line));
    }

    private void operator(char c) {
        String two = text.substring(at, Math.min(text.length(), at + 2));
        String operator = DOUBLE.contains(two) ? two : String.valueOf(c);
        if (SINGLE.indexOf(c) < 0 && operator.length() == 1) {
            throw new SyntaxException(line, "the character \"" + c + "\" has no meaning here");
        }
        if ("([{".contains(operator)) {
            open++;
        } else if (")]}".contains(operator)) {
            open = Math.max(0, open - 1);
        }
        tokens.add(new Token(Token.Kind.OPERATOR, operator, line));
        at += operator.length();
    }

    private void string(boolean raw) {
        int first = line;
        String quote = text.substring(at, at + 1);
        String end = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
        at += end.length();
        StringBuilder contents = new StringBuilder();
        while (!text.startsWith(end, at)) {
            if (at >= text.length() || text.charAt(at) == '\n' && end.length() == 1) {
                throw new SyntaxException(first, "the string that begins here does not end");
            }
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
            }
            at++;
            if (c == '\\' && at < text.length()) {
                escape(raw, contents);
            } else {
                contents.append(c);
            }
        }
        at += end.length();
        tokens.add(new Token(Token.Kind.STRING, contents.toString(), first));
    }

    /** Python keeps the backslash of an escape that it does not know. */
    private void escape(boolean raw, StringBuilder contents) {
        char c = text.charAt(at++);
        if (c == '\n') {
            line++;
        }
        if (raw) {
            contents.append('\\').append(c);
            return;
        }
        switch (c) {
            case '\n' -> {
                // The string goes on in the next line.
            }
            case '\\', '\'', '"' -> contents.append(c);
            case 'n' -> contents.append('\n');
            case 't' -> contents.append('\t');
            case 'r' -> contents.append('\r');
            case 'x' -> hexadecimal(contents);
            default -> contents.append('\\').append(c);
        }
    }

    private void hexadecimal(StringBuilder contents) {
        String digits = text.substring(at, Math.min(text.length(), at + 2));
        if (!digits.matches("[0-9A-Fa-f]{2}")) {
            throw new SyntaxException(line, "\\x needs two hexadecimal digits");
        }
        contents.append((char) Integer.parseInt(digits, 16));
        at += 2;
    }
}
