package org.jxapi.console;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Follows what an RFB client sends (RFC 6143), to tell a person's keys and pointer from the requests that viewers send by
 * themselves. From a message that it does not know, everything counts as a person's.
 */
final class RfbInput {
    private static final int VERSION = 12;
    private static final int OLD = '3';
    private static final int VNC_SECURITY = 2;
    private static final int VNC_ANSWER = 16;
    /** The longest beginning of a message that says how long it is. */
    private static final int HEAD = 12;

    private enum Stage {
        VERSION,
        SECURITY,
        INIT,
        MESSAGES,
        UNKNOWN
    }

    private Stage stage = Stage.VERSION;
    /** The beginning of a message whose length is not known yet. */
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream(HEAD);
    /** How much of the present message is still to come. */
    private long rest;

    /** Takes the next bytes, and returns whether a person's input is among them. */
    boolean input(byte[] bytes, int count) {
        boolean input = false;
        for (int i = 0; i < count && stage != Stage.UNKNOWN; i++) {
            if (rest > 0) {
                long skipped = Math.min(rest, count - i);
                rest -= skipped;
                i += (int) skipped - 1;
            } else {
                begun.write(bytes[i]);
                input |= begin(begun.toByteArray());
            }
        }
        return input || stage == Stage.UNKNOWN;
    }

    /** Looks at the beginning of a message; returns whether it is a person's input. */
    private boolean begin(byte[] head) {
        switch (stage) {
            case VERSION -> {
                if (head.length == VERSION) {
                    // The third version has its security chosen by the server.
                    next(head[10] == OLD ? Stage.INIT : Stage.SECURITY, 0);
                }
            }
            case SECURITY -> next(Stage.INIT, head[0] == VNC_SECURITY ? VNC_ANSWER : 0);
            case INIT -> next(Stage.MESSAGES, 0);
            case MESSAGES -> {
                return message(head);
            }
            case UNKNOWN -> {}
        }
        return false;
    }

    private boolean message(byte[] head) {
        int type = head[0] & 0xff;
        switch (type) {
            case 0 -> next(Stage.MESSAGES, 19);
            case 2 -> nextAt(head, 4, 4L * number(head, 2, 4));
            case 3 -> next(Stage.MESSAGES, 9);
            case 4 -> next(Stage.MESSAGES, 7);
            case 5 -> next(Stage.MESSAGES, 5);
            case 6 -> nextAt(head, 8, number(head, 4, 8));
            case 255 -> {
                return qemu(head);
            }
            default -> stage = Stage.UNKNOWN;
        }
        return type == 4 || type == 5;
    }

    /** Keys, and the settings of sound, in the form of QEMU. */
    private boolean qemu(byte[] head) {
        if (head.length < 4) {
            return false;
        }
        boolean key = head[1] == 0;
        boolean format = !key && number(head, 2, 4) == 2;
        next(Stage.MESSAGES, key ? 8 : format ? 6 : 0);
        return key;
    }

    /** A message whose length is known when this much of it is there. */
    private void nextAt(byte[] head, int known, long more) {
        if (head.length == known) {
            next(Stage.MESSAGES, more);
        }
    }

    private void next(Stage then, long more) {
        stage = then;
        rest = more;
        begun.reset();
    }

    /** A number without sign, in network byte order; 0 where the bytes are not there yet. */
    private static long number(byte[] head, int from, int to) {
        long number = 0;
        for (byte b : Arrays.copyOfRange(head, Math.min(from, head.length), Math.min(to, head.length))) {
            number = number << 8 | (b & 0xff);
        }
        return number;
    }
}
