package org.jxapi.store;

/** A line of the change log. */
record LoggedChange(long sequence, String className, String ref, String kind, long created) {
    Object[] columns() {
        return new Object[] {sequence, className, ref, kind, created};
    }
}
