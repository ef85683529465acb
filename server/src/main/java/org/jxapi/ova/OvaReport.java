package org.jxapi.ova;

/** The outcome of each item of a package, one line each. */
final class OvaReport {
    private static final int MOST = 64 * 1024;

    private final StringBuilder text = new StringBuilder();
    private int refused;

    /** An item that the VM has as the package describes it. */
    void taken(String item, String how) {
        add("taken", item, how);
    }

    /** An item for which the VM has something else that serves the same purpose. */
    void translated(String item, String how) {
        add("translated", item, how);
    }

    /** An item without which a VM is of use, such as a sound card. */
    void leftOut(String item, String why) {
        add("left out", item, why);
    }

    /** An item without which the import fails, unless its client forces it. */
    void refused(String item, String why) {
        refused++;
        add("refused", item, why);
    }

    int refused() {
        return refused;
    }

    private void add(String outcome, String item, String words) {
        if (text.length() < MOST) {
            text.append("%-10s %s: %s".formatted(outcome, item, words).replaceAll("\\p{Cntrl}", "?"))
                    .append('\n');
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
