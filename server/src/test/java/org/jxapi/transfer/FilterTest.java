package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.XenApiException;

class FilterTest {
    @Test
    void aProgramThatIsNotInstalledIsNamed() {
        assertThatThrownBy(() -> Filter.start(List.of("no-such-program", "-c")))
                .isInstanceOfSatisfying(XenApiException.class, e -> {
                    assertThat(e.code()).isEqualTo("OPERATION_NOT_ALLOWED");
                    assertThat(e.params().get(0)).contains("Install the package no-such-program");
                });
    }
}
