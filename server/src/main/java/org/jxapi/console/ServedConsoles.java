package org.jxapi.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the consoles of this host to another machine. Interrupting a call ends it. */
public final class ServedConsoles implements ConsoleStreams {
    private static final Logger LOG = LoggerFactory.getLogger(ServedConsoles.class);
    /** Consoles that may be open at once: an agent runs a limited number of calls, and others need some. */
    private static final int MOST = 128;

    private static final int BLOCK = 16 * 1024;

    private final GuestConsoles consoles;
    private final Semaphore places = new Semaphore(MOST);

    public ServedConsoles(GuestConsoles consoles) {
        this.consoles = consoles;
    }

    private interface Opening {
        Channel open() throws IOException;
    }

    private interface Copying {
        void run() throws IOException;
    }

    @Override
    public void terminal(int domid, InputStream in, OutputStream out) throws IOException {
        serve(() -> consoles.terminal(domid), in, out);
    }

    @Override
    public void screen(int domid, InputStream in, OutputStream out) throws IOException {
        serve(() -> consoles.screen(domid), in, out);
    }

    private void serve(Opening opening, InputStream in, OutputStream out) throws IOException {
        if (!places.tryAcquire()) {
            throw new IOException("too many consoles of this host are open");
        }
        try (Channel channel = opening.open()) {
            out.write(0);
            CountDownLatch done = new CountDownLatch(1);
            // A guest that takes nothing keeps a thread busy until the channel is closed. It must not be this one.
            copy("console in", () -> toGuest(in, channel), done);
            copy("console out", () -> fromGuest(channel, out), done);
            done.await();
        } catch (NoSuchFileException e) {
            throw new HypervisorException(LibxlError.NOT_READY, "the terminal is gone: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the console was closed");
        } finally {
            places.release();
        }
    }

    private static void copy(String name, Copying work, CountDownLatch done) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        LOG.debug("A console ends: {}", e.getMessage());
                    } finally {
                        done.countDown();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void toGuest(InputStream in, Channel channel) throws IOException {
        byte[] buffer = new byte[BLOCK];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            channel.write(buffer, 0, count);
        }
    }

    private static void fromGuest(Channel channel, OutputStream out) throws IOException {
        byte[] buffer = new byte[BLOCK];
        for (int count = channel.read(buffer); count >= 0; count = channel.read(buffer)) {
            out.write(buffer, 0, count);
        }
    }
}
