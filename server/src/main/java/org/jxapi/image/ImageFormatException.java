package org.jxapi.image;

import java.io.IOException;

/** An image is damaged, or uses a feature that is not supported. The message names the file and says what to do. */
public final class ImageFormatException extends IOException {
    private static final long serialVersionUID = 1;

    ImageFormatException(String message) {
        super(message);
    }

    /** A fault in the tables of an image. */
    static ImageFormatException damaged(String file, String what) {
        return new ImageFormatException(
                file + " is damaged: " + what + ". \"qemu-img check\" shows the extent of the damage.");
    }
}
