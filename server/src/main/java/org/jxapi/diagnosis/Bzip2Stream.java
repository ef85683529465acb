package org.jxapi.diagnosis;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.jxapi.hypervisor.Processes;

/** Packs with the program bzip2: Java has no bzip2, and the status report needs it only for people. */
final class Bzip2Stream extends OutputStream {
    private static final long PATIENCE_SECONDS = 60;

    private final OutputStream to;
    private final Process program;
    private final Thread copier;
    private volatile IOException failure = new IOException("bzip2 did not end");
    private volatile boolean whole;

    /** @throws IOException when the program is not installed; the message says so */
    Bzip2Stream(OutputStream to) throws IOException {
        this.to = to;
        try {
            this.program =
                    Processes.start(new ProcessBuilder("bzip2", "-c").redirectError(ProcessBuilder.Redirect.DISCARD));
        } catch (IOException e) {
            throw new IOException("bzip2 is not installed: install it, or ask for tar or zip", e);
        }
        this.copier = new Thread(this::copy, "bzip2");
        copier.setDaemon(true);
        copier.start();
    }

    private void copy() {
        try {
            program.getInputStream().transferTo(to);
            whole = true;
        } catch (IOException e) {
            failure = e;
            program.destroyForcibly();
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        program.getOutputStream().write(bytes, offset, length);
    }

    /** Waits until all has been sent. */
    @Override
    public void close() throws IOException {
        try {
            program.getOutputStream().close();
            copier.join();
            if (!whole || !program.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || program.exitValue() != 0) {
                throw failure;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("bzip2 was interrupted", e);
        } finally {
            program.destroyForcibly();
        }
    }
}
