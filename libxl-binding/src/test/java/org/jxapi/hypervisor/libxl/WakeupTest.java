package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WakeupTest {
    @Test
    void wakingAfterTheEndWritesNothingIntoAnotherFileOfThatNumber(@TempDir Path folder) {
        Libraries libraries = InstalledLibxl.load();
        Pointer fds = libraries.allocate(Wakeup.POLLFD_BYTES);
        Wakeup wakeup = new Wakeup(libraries);
        wakeup.pollIn(fds, 0);
        int number = fds.getInt(0);
        libraries.libc().free(fds);
        wakeup.close();

        Path file = folder.resolve("data");
        Deque<OpenFile> open = new ArrayDeque<>();
        // the lowest number that is free is given first
        do {
            open.push(OpenFile.toWrite(libraries.libc(), file));
        } while (open.peek().fd() < number);
        wakeup.wake();

        assertThat(file).isEmptyFile();
        open.forEach(OpenFile::close);
    }
}
