package org.jxapi.perfmon;

/** A text that a regular expression may look at so many times: some expressions of clients would take for ever. */
final class BoundedText implements CharSequence {
    private final CharSequence text;
    private final int[] left;

    BoundedText(CharSequence text, int looks) {
        this(text, new int[] {looks});
    }

    private BoundedText(CharSequence text, int[] left) {
        this.text = text;
        this.left = left;
    }

    /** The expression looked too often. */
    static final class ExhaustedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public char charAt(int index) {
        if (left[0]-- <= 0) {
            throw new ExhaustedException();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new BoundedText(text.subSequence(start, end), left);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
