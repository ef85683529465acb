package org.jxapi.nbd;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The data of an option, read from its beginning to its end. */
final class OptionData {
    private final ByteBuffer data;

    OptionData(byte[] data) {
        this.data = ByteBuffer.wrap(data);
    }

    /** The data is not what the option takes. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * The data of INFO and GO.
     *
     * @param infos what the client asks about the export, in addition to its size
     */
    record Wanted(String name, List<Integer> infos) {}

    /** The data of the options about metadata contexts. */
    record Contexts(String name, List<String> queries) {}

    Wanted wanted() throws MalformedException {
        try {
            String name = string();
            List<Integer> infos = new ArrayList<>();
            for (int left = Short.toUnsignedInt(data.getShort()); left > 0; left--) {
                infos.add(Short.toUnsignedInt(data.getShort()));
            }
            end();
            return new Wanted(name, infos);
        } catch (BufferUnderflowException e) {
            throw tooShort();
        }
    }

    Contexts contexts() throws MalformedException {
        try {
            String name = string();
            List<String> queries = new ArrayList<>();
            for (long left = Integer.toUnsignedLong(data.getInt()); left > 0; left--) {
                queries.add(string());
            }
            end();
            return new Contexts(name, queries);
        } catch (BufferUnderflowException e) {
            throw tooShort();
        }
    }

    void end() throws MalformedException {
        if (data.hasRemaining()) {
            throw new MalformedException("the option has too much data");
        }
    }

    private String string() throws MalformedException {
        long length = Integer.toUnsignedLong(data.getInt());
        if (length > Wire.LONGEST_STRING) {
            throw new MalformedException("a string of the option is too long");
        }
        byte[] bytes = new byte[(int) Math.min(length, data.remaining() + 1L)];
        data.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static MalformedException tooShort() {
        return new MalformedException("the option has too little data");
    }
}
