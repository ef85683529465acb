package org.jxapi.cli.thin;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds the names that are similar to a mistyped one. */
public final class Nearest {
    /** Names are a few dozen characters long; longer input is no typing error. */
    private static final int LONGEST = 100;

    private static final int MOST = 3;

    private Nearest() {}

    /** At most three of the names, the nearest first; none when none is near. */
    public static List<String> of(String typed, Collection<String> names) {
        if (typed.length() > LONGEST || typed.length() < 3) {
            return List.of();
        }
        int limit = Math.max(1, Math.min(3, typed.length() / 4));
        return names.stream()
                .distinct()
                .filter(name -> !name.equals(typed) && Math.abs(name.length() - typed.length()) <= limit)
                .filter(name -> distance(typed, name) <= limit)
                .sorted(Comparator.comparingInt((String name) -> distance(typed, name))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MOST)
                .toList();
    }

    /** A question that suggests similar names, for the end of an error; empty when there are none. */
    public static String question(String typed, Collection<String> names) {
        List<String> near = of(typed, names);
        return near.isEmpty() ? "" : "Did you mean " + String.join(" or ", near) + "?";
    }

    /** How many characters have to be inserted, left out, changed or swapped with the next one. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
