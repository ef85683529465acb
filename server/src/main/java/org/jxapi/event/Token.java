package org.jxapi.event;

import org.jxapi.xenapi.Errors;

/** Where a client of event.from stands: a sequence number of the change log, and one of messages. */
record Token(long database, long messages) {
    static Token parse(String text) {
        if (text.isEmpty()) {
            return new Token(0, 0);
        }
        String[] parts = text.split(",", -1);
        try {
            if (parts.length == 2) {
                return new Token(Long.parseLong(parts[0].strip()), Long.parseLong(parts[1].strip()));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw Errors.eventFromTokenParseFailure(text);
    }

    /** Whether the client knows nothing yet. */
    boolean start() {
        return database <= 0;
    }

    @Override
    public String toString() {
        return "%020d,%020d".formatted(database, messages);
    }
}
