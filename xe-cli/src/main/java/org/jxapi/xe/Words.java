package org.jxapi.xe;

import java.util.ArrayList;
import java.util.List;

/** The words of a command line, with quotes and backslashes as in a shell. Nothing is expanded. */
final class Words {
    private Words() {}

    /** @throws ClientException when a quote is not closed */
    static List<String> of(String line) throws ClientException {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
                begun = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                begun = true;
            } else if (Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else if (c == '#' && !begun) {
                break;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (quote != 0) {
            throw new ClientException("The quote " + quote + " is not closed.");
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }
}
