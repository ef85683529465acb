package org.jxapi.cli.thin;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns of equal width. */
public final class TextTable {
    private TextTable() {}

    /** The rows as lines; a row may have fewer cells than others. */
    public static List<String> lines(List<List<String>> rows, String between, boolean right) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = width(row.get(i));
                if (i == widths.size()) {
                    widths.add(width);
                } else if (width > widths.get(i)) {
                    widths.set(i, width);
                }
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                String pad = " ".repeat(widths.get(i) - width(row.get(i)));
                cells.add(right ? pad + row.get(i) : row.get(i) + pad);
            }
            lines.add(String.join(between, cells));
        }
        return lines;
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
