package org.jxapi.mail;

import java.nio.charset.Charset;
import java.util.Base64;
import java.util.List;

/**
 * A mail.
 *
 * @param from an address
 * @param to addresses
 * @param charset the one that subject and text are sent in
 */
record Mail(String from, List<String> to, String subject, String text, Charset charset) {
    private static final int LINE = 76;
    /** How many characters of a subject are in one encoded word: four bytes each, in Base64, are fewer than the 75 allowed. */
    private static final int WORD = 8;

    /** Header and text as SMTP sends them, without the dot at the end. All lines are plain ASCII. */
    String data() {
        String body = Base64.getMimeEncoder(LINE, new byte[] {'\r', '\n'}).encodeToString(text.getBytes(charset));
        return "From: " + from + "\r\n"
                + "To: " + String.join(", ", to) + "\r\n"
                + "Subject: " + encoded(subject) + "\r\n"
                + "MIME-Version: 1.0\r\n"
                + "Content-Type: text/plain; charset=\"" + charset.name().toLowerCase(java.util.Locale.ROOT) + "\"\r\n"
                + "Content-Transfer-Encoding: base64\r\n"
                + "\r\n"
                + body + "\r\n";
    }

    /** Text in a header: encoded words (RFC 2047) unless it is plain ASCII, so that it cannot end the header. */
    private String encoded(String given) {
        String line = given.replaceAll("[\\r\\n]+", " ");
        if (line.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            return line;
        }
        StringBuilder words = new StringBuilder();
        int[] points = line.codePoints().toArray();
        for (int i = 0; i < points.length; i += WORD) {
            String word = new String(points, i, Math.min(WORD, points.length - i));
            words.append(i == 0 ? "" : "\r\n ")
                    .append("=?")
                    .append(charset.name())
                    .append("?B?")
                    .append(Base64.getEncoder().encodeToString(word.getBytes(charset)))
                    .append("?=");
        }
        return words.toString();
    }
}
