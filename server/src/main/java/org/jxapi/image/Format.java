package org.jxapi.image;

/** The formats of image files. */
public enum Format {
    RAW("raw"),
    QCOW2("qcow2");

    private final String text;

    Format(String text) {
        this.text = text;
    }

    /** The name that qcow2 images record for the format of their backing file. */
    public String text() {
        return text;
    }
}
