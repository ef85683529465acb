package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.jxapi.xenapi.Errors;

class ErrorsTest {
    @Test
    void everyCodeHasADescriptionOfItsOwn() {
        Set<String> seen = new HashSet<>();
        for (String code : Errors.params().keySet()) {
            String text = Errors.description(code);
            assertThat(text)
                    .as(code)
                    .isNotBlank()
                    .endsWith(".")
                    .matches("\\p{ASCII}+")
                    .doesNotContain("\n", code);
            assertThat(seen.add(text)).as(code + ": " + text).isTrue();
        }
        assertThat(seen).hasSizeGreaterThan(600);
    }

    @Test
    void anUnknownCodeHasNoDescription() {
        assertThat(Errors.description("NO_SUCH_CODE")).isNull();
    }

    @Test
    void aFactoryGivesItsCodeAndParametersInOrder() {
        XenApiException error = Errors.vmBadPowerState("OpaqueRef:1", "halted", "running");
        assertThat(error.code()).isEqualTo("VM_BAD_POWER_STATE");
        assertThat(error.params()).containsExactly("OpaqueRef:1", "halted", "running");
        assertThat(Errors.params().get("VM_BAD_POWER_STATE")).containsExactly("vm", "expected", "actual");
    }

    /** xapi_pif.ml and xapi_vm_helpers.ml raise fewer parameters than datamodel_errors.ml declares. */
    @Test
    void aFactoryGivesWhatXapiRaisesWhereItsModelDeclaresMore() {
        assertThat(Errors.pifIsPhysical().params()).isEmpty();
        assertThat(Errors.params().get("PIF_IS_PHYSICAL")).containsExactly("PIF");
        assertThat(Errors.vmSnapshotWithQuiesceNotSupported("OpaqueRef:1").params())
                .containsExactly("OpaqueRef:1");
    }
}
