package org.jxapi.raft;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import org.jxapi.harness.Door;

/** A port in front of another one of this machine, whose answers it can hold back. */
final class AnswerGate extends Door {
    private static final int BLOCK = 16 * 1024;

    private final int target;
    private volatile boolean shut;

    AnswerGate(int target) throws IOException {
        this.target = target;
        open();
    }

    /** Lets no answer through any more. */
    void shut() {
        shut = true;
    }

    @Override
    protected void serve(Socket client) throws IOException {
        try (client;
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), target)) {
            start(() -> {
                try (client;
                        behind) {
                    copy(behind.getInputStream(), client.getOutputStream(), true);
                }
            });
            copy(client.getInputStream(), behind.getOutputStream(), false);
        }
    }

    private void copy(InputStream from, OutputStream to, boolean answers) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int count = from.read(block); count >= 0; count = from.read(block)) {
            if (!answers || !shut) {
                to.write(block, 0, count);
            }
        }
    }
}
