package org.jxapi.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A console at another host: a call that runs on a thread of its own while the console is open. */
final class RemoteChannel implements Channel {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteChannel.class);

    /** The call; what it writes begins with a zero. */
    interface Streaming {
        void run(InputStream in, OutputStream out) throws IOException;
    }

    private final Pipe toGuest = new Pipe();
    private final Pipe fromGuest = new Pipe();
    private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    private final Thread thread;

    private RemoteChannel(Streaming call) {
        thread = new Thread(() -> run(call), "remote console");
        thread.setDaemon(true);
    }

    /** Returns when the console is open; fails as the call does. */
    static RemoteChannel open(Streaming call) throws IOException {
        RemoteChannel channel = new RemoteChannel(call);
        channel.thread.start();
        try {
            channel.opened.get();
            return channel;
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
        }
    }

    private void run(Streaming call) {
        try {
            call.run(toGuest.in(), new Output());
            opened.completeExceptionally(new IOException("the console ended at once"));
        } catch (IOException | RuntimeException e) {
            LOG.debug("A console of another host ends: {}", e.getMessage());
            opened.completeExceptionally(e);
        } finally {
            toGuest.close();
            fromGuest.end();
        }
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        return fromGuest.read(buffer, 0, buffer.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        toGuest.write(bytes, offset, length);
    }

    @Override
    public void close() {
        toGuest.close();
        fromGuest.close();
        // This stops the call at the host.
        thread.interrupt();
    }

    /** The bytes that the host writes. */
    private final class Output extends OutputStream {
        private boolean open;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int first = open || length == 0 ? 0 : 1;
            if (first > 0) {
                open = true;
                opened.complete(true);
            }
            fromGuest.write(bytes, offset + first, length - first);
        }
    }
}
