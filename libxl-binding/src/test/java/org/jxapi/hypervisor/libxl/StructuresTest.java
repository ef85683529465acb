package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.DomainBuildInfo;

/** Configurations as other programs leave them with a domain. */
class StructuresTest {
    private static DomainBuildInfo build(String type, String build) throws Exception {
        return Structures.readConfig((ObjectNode) new JsonMapper()
                        .readTree("{\"c_info\": {\"name\": \"guest\", \"type\": \"" + type + "\"}, \"b_info\": " + build
                                + "}"))
                .bInfo();
    }

    @Test
    void theKernelThatLibvirtGivesForItsTypeIsTheDomains() throws Exception {
        DomainBuildInfo read = build(
                "pv",
                "{\"type.pv\": {\"kernel\": \"/boot/k\", \"ramdisk\": \"/boot/r\", \"cmdline\": \"quiet\","
                        + " \"slack_memkb\": 5}}");
        assertThat(read.kernel()).isEqualTo("/boot/k");
        assertThat(read.ramdisk()).isEqualTo("/boot/r");
        assertThat(read.cmdline()).isEqualTo("quiet");
    }

    @Test
    void aBootLoaderAndFeaturesGivenForATypeAreTheDomains() throws Exception {
        assertThat(build("pv", "{\"type.pv\": {\"bootloader\": \"pygrub\", \"bootloader_args\": [\"-q\"]}}"))
                .satisfies(read -> assertThat(read.bootloader()).isEqualTo("pygrub"))
                .satisfies(read -> assertThat(read.bootloaderArgs()).containsExactly("-q"));
        assertThat(build("hvm", "{\"type.hvm\": {\"apic\": false, \"acpi\": true, \"nested_hvm\": true}}"))
                .satisfies(read -> assertThat(read.apic()).isFalse())
                .satisfies(read -> assertThat(read.acpi()).isTrue())
                .satisfies(read -> assertThat(read.nestedHvm()).isTrue());
    }

    @Test
    void aValueForAllTypesCountsBeforeOneForItsOwn() throws Exception {
        DomainBuildInfo read = build("pv", "{\"kernel\": \"/boot/new\", \"type.pv\": {\"kernel\": \"/boot/old\"}}");
        assertThat(read.kernel()).isEqualTo("/boot/new");
    }
}
