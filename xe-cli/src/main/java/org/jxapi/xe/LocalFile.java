package org.jxapi.xe;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A file or a pipe on this side. Its errors differ from those of the connection. */
final class LocalFile extends FilterOutputStream {
    private final String name;

    LocalFile(OutputStream out, String name) {
        super(out);
        this.name = name;
    }

    /** A file on this side cannot be written. */
    static final class WriteException extends ClientException {
        private static final long serialVersionUID = 1L;

        /** Whether the reader has closed the pipe, as in {@code xe vm-list | head}, which is not an error. */
        final boolean pipe;

        private WriteException(String name, IOException cause) {
            super("Cannot write to " + name + ": " + cause.getMessage());
            this.pipe = "Broken pipe".equals(cause.getMessage());
            initCause(cause);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new WriteException(name, e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw new WriteException(name, e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } catch (IOException e) {
            throw new WriteException(name, e);
        }
    }
}
