package org.jxapi.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;

/** The key of the certificate that a first start makes. A thread of its own makes it while the rest of the daemon starts. */
public final class FirstKey {
    // No method reference: it would load Bouncy Castle here, and not in the thread.
    private final FutureTask<KeyPair> key = new FutureTask<>(() -> SelfSigned.key());

    /** A key that is made when it is asked for. */
    FirstKey() {}

    /**
     * Begins to make the key if the data folder has no certificate yet.
     *
     * @param given the files of the host's certificate; null for the one in the data folder
     */
    public static FirstKey begin(Path folder, @Nullable PemFiles given) {
        FirstKey first = new FirstKey();
        if (given == null && !IdentityFile.ofHost(folder).exists()) {
            Thread thread = new Thread(first.key, "first-key");
            thread.setDaemon(true);
            thread.start();
        }
        return first;
    }

    /** The key, which is made now if no thread has begun it. */
    KeyPair get() throws IOException {
        key.run();
        try {
            return key.get();
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(e);
        }
    }

    private static IOException failed(Throwable cause) {
        return new IOException("cannot make a key: " + Reason.of(cause), cause);
    }
}
