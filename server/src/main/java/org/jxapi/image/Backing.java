package org.jxapi.image;

import java.nio.charset.StandardCharsets;

/**
 * The file with everything that an image does not hold itself.
 *
 * @param name its file name, in the folder of the image; 1 to 1,023 bytes of UTF-8
 * @param format never guessed from the contents, which a guest writes
 */
public record Backing(String name, Format format) {
    static final int LONGEST_NAME = 1023;

    public Backing {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > LONGEST_NAME) {
            throw new IllegalArgumentException("the name of a backing file has " + length + " bytes");
        }
    }
}
