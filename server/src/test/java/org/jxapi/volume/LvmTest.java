package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of LVM's programs, as users get them. */
class LvmTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Volume group \"g\" has insufficient free space (3 extents): 4 required.",
                "Insufficient suitable allocatable extents for logical volume l: 4 more required",
                "Cannot create new thin volume, free space in thin pool g/jxapi-pool reached threshold."
            })
    void aGroupWithoutRoomIsAFullRepository(String said) {
        assertThat(SmFailure.LVM_CREATE.error(Lvm.named(new IOException(said))))
                .hasMessageContaining("SR_BACKEND_FAILURE_44")
                .hasMessageContaining(said.substring(0, 20));
    }

    @Test
    void aFailureNamesTheDisksThatDoNotAnswer() {
        IOException failure = new IOException("Volume group \"g\" not found");
        assertThat(SmFailure.SR_UNAVAILABLE.error(Lvm.passedOver(Set.of("sdb"), failure)))
                .hasMessageContaining("SR_BACKEND_FAILURE_47")
                .hasMessageContaining("do not answer were passed over (sdb): Volume group");
    }
}
