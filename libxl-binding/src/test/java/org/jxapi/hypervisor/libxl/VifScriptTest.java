package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.NicConfig;

class VifScriptTest {
    @Test
    void interfacesThatNameNoScriptGetOne() {
        NicConfig plain = NicConfig.builder().bridge("xenbr0").build();
        NicConfig own = plain.toBuilder().script("vif-route").build();
        VifScript script = new VifScript(Path.of("/usr/share/jxapi/vif-bridge"));
        assertThat(script.of(plain))
                .isEqualTo(
                        plain.toBuilder().script("/usr/share/jxapi/vif-bridge").build());
        assertThat(script.of(own)).isEqualTo(own);
        assertThat(new VifScript(null).of(plain)).isEqualTo(plain);
    }
}
