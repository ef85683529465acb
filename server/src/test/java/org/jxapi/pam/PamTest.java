package org.jxapi.pam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.PamService;

/** The binding of libpam, on the real library. */
class PamTest {
    private final PamService service = new PamService();

    @BeforeEach
    void pamWorks() {
        assumeTrue(service.works(), "this machine lacks libpam 1.4 or its module pam_exec");
    }

    @AfterEach
    void removeService() throws Exception {
        service.close();
    }

    private Pam pam() {
        return Pam.of(service.file().toString()).orElseThrow();
    }

    @Test
    void aPasswordIsCheckedInUtf8() {
        Pam pam = pam();
        assertThatCode(() -> pam.authenticate("daemon", "secret of daemon")).doesNotThrowAnyException();
        assertThatThrownBy(() -> pam.authenticate("daemon", "sécret of daemon")).isInstanceOf(PamException.class);
        assertThatCode(() -> pam.authenticate("dämon", "secret of dämon")).doesNotThrowAnyException();
    }

    @Test
    void whatCannotBeAPasswordIsRefused() {
        Pam pam = pam();
        assertThatThrownBy(() -> pam.authenticate("daemon", "")).isInstanceOf(PamException.class);
        assertThatThrownBy(() -> pam.authenticate("", "x")).isInstanceOf(PamException.class);
        assertThatThrownBy(() -> pam.authenticate("daemon", "secret of daemon\0"))
                .isInstanceOf(PamException.class);
        assertThatThrownBy(() -> pam.authenticate("daemon\0x", "secret of daemon"))
                .isInstanceOf(PamException.class);
    }

    @Test
    void transactionsRunAtTheSameTime() {
        Pam pam = pam();
        assertThatCode(() -> IntStream.range(0, 40).parallel().forEach(i -> {
                    try {
                        pam.authenticate("daemon", "secret of daemon");
                    } catch (PamException e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .doesNotThrowAnyException();
    }

    @Test
    void anAccountIsCheckedWithoutAPassword() throws Exception {
        Pam pam = pam();
        pam.checkAccount("bin");
        service.expire("bin");
        assertThatThrownBy(() -> pam.checkAccount("bin")).isInstanceOf(PamException.class);
        assertThatThrownBy(() -> pam.authenticate("bin", "secret of bin")).isInstanceOf(PamException.class);
    }

    @Test
    void aServiceWithoutAFileIsNotThatOfOtherPrograms(@TempDir Path folder) {
        assertThat(Pam.of("jxapi-has-no-such-service")).isEmpty();
        assertThat(Pam.of(folder.resolve("none").toString())).isEmpty();
    }
}
