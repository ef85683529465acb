package org.jxapi.daemon;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The newest lines of the log, in memory: a report has them wherever the log goes. */
final class RecentLog extends OutputStreamAppender<ILoggingEvent> {
    private static final int SIZE = 512 * 1024;

    /** The one of this process. */
    static final RecentLog SHARED = new RecentLog();

    private final byte[] ring = new byte[SIZE];
    private long written;

    @Override
    public void start() {
        setOutputStream(new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                put(bytes, offset, length);
            }
        });
        super.start();
    }

    private synchronized void put(byte[] bytes, int offset, int length) {
        for (int i = Math.max(0, length - SIZE); i < length; i++) {
            ring[(int) (written++ % SIZE)] = bytes[offset + i];
        }
    }

    /** The lines, the oldest first. */
    synchronized String text() {
        int count = (int) Math.min(written, SIZE);
        byte[] all = new byte[count];
        for (int i = 0; i < count; i++) {
            all[i] = ring[(int) ((written - count + i) % SIZE)];
        }
        String text = new String(all, StandardCharsets.UTF_8);
        return written > SIZE ? text.substring(text.indexOf('\n') + 1) : text;
    }
}
