package org.jxapi.harness;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.PreInterruptCallback;
import org.junit.jupiter.api.extension.PreInterruptContext;

/**
 * Prints the threads of the daemons of a test that takes too long, and ends all programs that the test has started. JUnit then
 * interrupts the thread of the test, which alone would not end a read of a program's output.
 */
public final class Overdue implements PreInterruptCallback {
    private static final String JCMD =
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

    private final PrintStream out;

    public Overdue() {
        this(System.out);
    }

    Overdue(PrintStream out) {
        this.out = out;
    }

    @Override
    public void beforeThreadInterrupt(PreInterruptContext interrupt, ExtensionContext test) throws Exception {
        out.println("Overdue: " + test.getUniqueId());
        endPrograms();
    }

    void endPrograms() throws IOException, InterruptedException {
        List<ProcessHandle> programs = ProcessHandle.current().descendants().toList();
        for (ProcessHandle program : programs) {
            if (program.info().command().filter(c -> c.endsWith("/java")).isPresent()) {
                out.println("Overdue: threads of the process " + program.pid());
                out.println(threads(program.pid()));
            }
        }
        programs.forEach(ProcessHandle::destroyForcibly);
    }

    private static String threads(long pid) throws IOException, InterruptedException {
        return Program.run(Path.of("").toAbsolutePath(), JCMD, Long.toString(pid), "Thread.print", "-l")
                .output();
    }
}
