package org.jxapi.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.http.BufferOutput;
import org.jxapi.http.Refusal;
import org.jxapi.http.TransferHandler;

/**
 * An answer whose client knows its length, and so its end: the last byte is held back until the task has ended, so that
 * a client which has everything finds the outcome.
 */
final class LastByte implements TransferHandler.Answer {
    private final TransferHandler.Answer answer;
    private @Nullable Held held;

    LastByte(TransferHandler.Answer answer) {
        this.answer = answer;
    }

    @Override
    public OutputStream ok(Map<String, String> headers) throws IOException {
        OutputStream out = answer.ok(headers);
        String length = headers.get("content-length");
        if (length == null || length.equals("0")) {
            return out;
        }
        held = new Held(out, Long.parseLong(length));
        return held;
    }

    @Override
    public boolean begun() {
        return answer.begun();
    }

    @Override
    public boolean clientGone() {
        return answer.clientGone();
    }

    @Override
    public void refuse(Refusal refusal) throws IOException {
        answer.refuse(refusal);
    }

    /** Sends what was held back. */
    void complete() throws IOException {
        if (held != null) {
            held.release();
        }
    }

    private static final class Held extends OutputStream implements BufferOutput {
        private final OutputStream out;
        private long left;
        private int last = -1;

        Held(OutputStream out, long length) {
            this.out = out;
            this.left = length;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return;
            }
            boolean ends = left == length;
            left -= length;
            out.write(bytes, offset, ends ? length - 1 : length);
            if (ends) {
                last = bytes[offset + length - 1] & 0xFF;
            }
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            boolean ends = left == from.remaining();
            if (!ends && out instanceof BufferOutput whole) {
                left -= from.remaining();
                whole.write(from);
                return;
            }
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            write(bytes, 0, bytes.length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        void release() throws IOException {
            if (last >= 0) {
                out.write(last);
                last = -1;
            }
        }
    }
}
