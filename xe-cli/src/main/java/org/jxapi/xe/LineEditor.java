package org.jxapi.xe;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads lines from a terminal, which the user edits with the usual keys: cursor, history, completion. */
final class LineEditor {
    /** Finds the words that may be the last one of a line. */
    interface Completion {
        List<String> words(String line);
    }

    private static final int CONTROL = 0x1f;
    private static final int DELETE = 0x7f;
    private static final int ESCAPE = 0x1b;
    private static final int MOST_SHOWN = 200;

    private final InputStream in;
    private final PrintStream out;
    private final List<String> history;
    private final Completion completion;
    private final String prompt;
    private final StringBuilder line = new StringBuilder();
    private int cursor;
    private int columns = 80;
    /** The place in the history; its size for the new line. */
    private int place;

    private String fresh = "";

    LineEditor(InputStream in, PrintStream out, String prompt, List<String> history, Completion completion) {
        this.in = in;
        this.out = out;
        this.prompt = prompt;
        this.history = history;
        this.completion = completion;
    }

    /** Reads a line; null at the end of the input, which Ctrl-D on an empty line is too. Ctrl-C begins again. */
    @Nullable
    String read(int width) throws IOException {
        columns = width;
        line.setLength(0);
        cursor = 0;
        place = history.size();
        draw();
        while (true) {
            int key = in.read();
            if (key < 0 || key == control('D') && line.length() == 0) {
                out.print("\n");
                out.flush();
                return null;
            }
            if (key == '\r' || key == '\n') {
                cursor = line.length();
                draw();
                out.print("\n");
                out.flush();
                return line.toString();
            }
            if (key == control('C')) {
                out.print("^C\n");
                line.setLength(0);
                cursor = 0;
                place = history.size();
            } else if (key == '\t') {
                complete();
            } else if (key == ESCAPE) {
                escape();
            } else if (key <= CONTROL || key == DELETE) {
                edit(key);
            } else {
                type(key);
            }
            draw();
        }
    }

    private static int control(char letter) {
        return letter & CONTROL;
    }

    private void type(int first) throws IOException {
        int more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        byte[] bytes = new byte[1 + more];
        bytes[0] = (byte) first;
        in.readNBytes(bytes, 1, more);
        String text = new String(bytes, StandardCharsets.UTF_8);
        line.insert(cursor, text);
        cursor += text.length();
    }

    private void edit(int key) {
        if (key == DELETE || key == control('H')) {
            remove(before(), cursor);
        } else if (key == control('A')) {
            cursor = 0;
        } else if (key == control('E')) {
            cursor = line.length();
        } else if (key == control('B')) {
            cursor = before();
        } else if (key == control('F')) {
            cursor = after();
        } else if (key == control('D')) {
            remove(cursor, after());
        } else if (key == control('K')) {
            remove(cursor, line.length());
        } else if (key == control('U')) {
            remove(0, cursor);
        } else if (key == control('W')) {
            remove(wordBefore(), cursor);
        } else if (key == control('P')) {
            recall(place - 1);
        } else if (key == control('N')) {
            recall(place + 1);
        } else if (key == control('L')) {
            out.print("\u001b[H\u001b[2J");
        }
    }

    /** The keys that terminals send as several bytes: {@code ESC [ A}, {@code ESC O H}, {@code ESC [ 3 ~}. */
    private void escape() throws IOException {
        int kind = in.read();
        if (kind != '[' && kind != 'O') {
            return;
        }
        StringBuilder number = new StringBuilder();
        int key = in.read();
        while (key >= '0' && key <= '?') {
            number.append((char) key);
            key = in.read();
        }
        switch (key == '~' ? number.toString() : Character.toString(Math.max(key, 0))) {
            case "A" -> recall(place - 1);
            case "B" -> recall(place + 1);
            case "C" -> cursor = after();
            case "D" -> cursor = before();
            case "H", "1", "7" -> cursor = 0;
            case "F", "4", "8" -> cursor = line.length();
            case "3" -> remove(cursor, after());
            default -> {
                // A key that means nothing here.
            }
        }
    }

    private int before() {
        return cursor == 0 ? 0 : line.offsetByCodePoints(cursor, -1);
    }

    private int after() {
        return cursor == line.length() ? cursor : line.offsetByCodePoints(cursor, 1);
    }

    private int wordBefore() {
        int at = cursor;
        while (at > 0 && line.charAt(at - 1) == ' ') {
            at--;
        }
        while (at > 0 && line.charAt(at - 1) != ' ') {
            at--;
        }
        return at;
    }

    private void remove(int from, int to) {
        line.delete(from, to);
        cursor = from;
    }

    private void recall(int to) {
        if (to < 0 || to > history.size()) {
            return;
        }
        if (place == history.size()) {
            fresh = line.toString();
        }
        place = to;
        line.setLength(0);
        line.append(to == history.size() ? fresh : history.get(to));
        cursor = line.length();
    }

    /** Puts in what all candidates begin with, or shows them. A candidate is the whole last word. */
    private void complete() {
        String begun = line.substring(0, cursor);
        List<String> labelled = completion.words(begun);
        List<String> words = new ArrayList<>();
        labelled.forEach(word -> words.add(word.indexOf('\t') < 0 ? word : word.substring(0, word.indexOf('\t'))));
        if (words.isEmpty()) {
            return;
        }
        String common = words.stream().reduce(LineEditor::common).orElse("");
        int from = begun.lastIndexOf(' ') + 1;
        boolean only = words.size() == 1;
        String put = only && !common.matches(".*[=:/]") ? common + " " : common;
        if (put.length() > cursor - from) {
            line.replace(from, cursor, put);
            cursor = from + put.length();
        } else if (!only) {
            out.print("\n");
            labelled.stream().limit(MOST_SHOWN).forEach(word -> out.print(word.replace("\t", "  ") + "\n"));
            if (labelled.size() > MOST_SHOWN) {
                out.print("... and " + (labelled.size() - MOST_SHOWN) + " more\n");
            }
        }
    }

    private static String common(String a, String b) {
        int end = 0;
        while (end < a.length() && end < b.length() && a.charAt(end) == b.charAt(end)) {
            end++;
        }
        return a.substring(0, end);
    }

    /** Draws the prompt and the part of the line around the cursor that fits. */
    private void draw() {
        int room = Math.max(10, columns - prompt.length() - 1);
        int from = Math.max(0, cursor - room);
        String shown = line.substring(from, Math.min(line.length(), from + room));
        out.print("\r" + prompt + shown + "\u001b[K");
        int back = shown.length() - (cursor - from);
        if (back > 0) {
            out.print("\u001b[" + back + "D");
        }
        out.flush();
    }
}
