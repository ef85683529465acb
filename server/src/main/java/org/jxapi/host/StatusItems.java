package org.jxapi.host;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.regex.Pattern;

/** The files and facts of a host for a status report, and the threads of its daemon. */
public interface StatusItems {
    /** The key of the part with the logs of the daemon. */
    String LOGS = "xenserver-logs";

    /** The parts of a report that this host has at the moment. */
    List<Part> parts();

    /**
     * Writes an item as a text in UTF-8, line by line, without the secrets that the host knows.
     *
     * @param item its name, as in a part
     * @throws IOException when it is not whole; what there is of it is written then
     */
    void write(String item, OutputStream out) throws IOException;

    /** The threads of the daemon and what they wait for, as a graph in the language of Graphviz. */
    String threads();

    /**
     * A part that clients can select.
     *
     * @param key XenServer's name of it
     * @param personal whether it holds data about people: {@code no}, {@code maybe}, {@code yes} or {@code if_customized}
     * @param checked whether clients select it by default
     * @param items the names of its files, which are paths in the report
     */
    record Part(String key, String personal, boolean checked, List<String> items) {
        /** The longest name that fits into a tar, behind the name of the report's folder. */
        public static final int LONGEST_NAME = 68;

        private static final Pattern KEY = Pattern.compile("[a-z_-]{1,60}");
        private static final Pattern NAME = Pattern.compile("[\\w.-]+(?:/[\\w.-]+)*");

        /** IllegalArgumentException for a name that leads out of the folder where the report is unpacked. */
        public Part {
            items = List.copyOf(items);
            if (!KEY.matcher(key).matches() || !KEY.matcher(personal).matches()) {
                throw new IllegalArgumentException("no name of a part of a report: " + key + ", " + personal);
            }
            for (String item : items) {
                if (item.length() > LONGEST_NAME
                        || !NAME.matcher(item).matches()
                        || List.of(item.split("/")).contains("..")) {
                    throw new IllegalArgumentException("no name for a file of a report: " + item);
                }
            }
        }
    }
}
