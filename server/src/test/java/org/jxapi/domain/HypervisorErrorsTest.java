package org.jxapi.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.xenapi.VM;

class HypervisorErrorsTest {
    private static final Ref<VM> VM_REF = VM.XEN_CLASS.ref("OpaqueRef:vm");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        libxl: debug: libxl_create.c:1214:initiate_domain_create: Domain 3:running bootloader        | INTERNAL_ERROR
        libxl: debug: libxl_bootloader.c:328:libxl__bootloader_run: Domain 3:no bootloader configured | INTERNAL_ERROR
        libxl: error: libxl_create.c:1200:domcreate_complete: Domain 3:cannot build bootloader-vm     | INTERNAL_ERROR
        libxl: error: libxl_bootloader.c:648:bootloader_finished: Domain 3:bootloader failed          | BOOTLOADER_FAILED
        libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: bootloader [512] exited with error status 1 | BOOTLOADER_FAILED
        """)
    void onlyWhatTheBootLoaderItselfComplainsOfIsItsFailure(String line, String code) {
        HypervisorException failure = new HypervisorException(LibxlError.FAIL, "it fails", List.of(line));

        assertThat(HypervisorErrors.of(null, VM_REF, failure).code()).isEqualTo(code);
    }
}
