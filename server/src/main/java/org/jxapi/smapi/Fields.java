package org.jxapi.smapi;

import com.fasterxml.jackson.databind.JsonNode;

/** The fields of an answer. Each that is missing or of another type is an error that names it. */
record Fields(DriverProgram program, String call, JsonNode answer) {
    String text(String field) throws DriverException {
        JsonNode value = answer.path(field);
        if (!value.isTextual()) {
            throw wrong(field, "a string");
        }
        return value.asText();
    }

    /** A number of bytes. */
    long bytes(String field) throws DriverException {
        JsonNode value = answer.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
            throw wrong(field, "a number of bytes");
        }
        return value.asLong();
    }

    DriverException wrong(String field, String expected) {
        String is = answer.has(field) ? " is " + answer.get(field) : " is missing";
        return new DriverException("", program.said(call, field + is + ", but must be " + expected));
    }
}
