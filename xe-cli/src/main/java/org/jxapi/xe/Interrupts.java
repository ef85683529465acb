package org.jxapi.xe;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Ctrl-C while a command of the shell runs: it ends the command's connection, and so the command, but not the shell. */
final class Interrupts {
    private static @Nullable Interrupts installed;

    private @Nullable Closeable connection;
    private boolean interrupted;

    private Interrupts() {}

    /**
     * Handles the signal from now on. The class for that is in every Java, but in no package that compilers know.
     */
    static synchronized Interrupts install() {
        Interrupts interrupts = new Interrupts();
        installed = interrupts;
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object own = Proxy.newProxyInstance(
                    Interrupts.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            interrupts.interrupt();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"), own);
        } catch (ReflectiveOperationException e) {
            // Ctrl-C ends the shell then.
        }
        return interrupts;
    }

    /** Says which connection an interrupt ends, if a shell runs. */
    static synchronized void watch(Closeable connection) {
        if (installed != null) {
            installed.use(connection);
        }
    }

    /** Whether the running command of a shell was interrupted. */
    static synchronized boolean happened() {
        return installed != null && installed.isInterrupted();
    }

    private synchronized void use(Closeable open) {
        connection = open;
    }

    /** Whether it happened since the last command began. */
    synchronized boolean isInterrupted() {
        return interrupted;
    }

    /** Begins with the next command. */
    synchronized void forget() {
        interrupted = false;
        connection = null;
    }

    private synchronized void interrupt() {
        interrupted = true;
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                // It is closed, or the command will notice.
            }
        }
    }
}
