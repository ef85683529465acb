package org.jxapi.vm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of virtual disks inside a guest: position 0 is xvda, 26 is xvdaa. */
public final class DeviceNames {
    private static final Pattern NAME = Pattern.compile("(?:xvd|hd|sd)([a-z]{1,2})");
    /** One more than the last position. */
    public static final int MAX = 255;

    private DeviceNames() {}

    /** The name of a position. */
    public static String disk(int position) {
        String last = String.valueOf((char) ('a' + position % 26));
        return "xvd" + (position < 26 ? last : (char) ('a' + position / 26 - 1) + last);
    }

    /** The position that a client means by a number or a name; -1 for neither. */
    public static int position(String text) {
        if (text.matches("\\d{1,3}")) {
            int position = Integer.parseInt(text);
            return position < MAX ? position : -1;
        }
        Matcher m = NAME.matcher(text);
        if (!m.matches()) {
            return -1;
        }
        int position = 0;
        for (char c : m.group(1).toCharArray()) {
            position = position * 26 + (c - 'a' + 1);
        }
        return position - 1;
    }
}
