package org.jxapi.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.VM;

/** The default templates, against XenServer's guest-templates-json (json/, guesttemplates/blank_template.py). */
class TemplatesTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private H2Store store;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void create(int edition, boolean uefi) {
        store.change(tx -> Templates.create(tx, edition, uefi));
    }

    private Map<String, Row<VM>> byReference() {
        return store.snapshot().all(VM.XEN_CLASS).stream()
                .map(Stored::row)
                .collect(Collectors.toMap(row -> row.get(VM.REFERENCE_LABEL), row -> row));
    }

    @Test
    void everyTemplateHasTwiceTheMemoryThatItNeedsAndAnIdentity() {
        create(0, true);
        Map<String, Row<VM>> all = byReference();
        assertThat(all).hasSizeGreaterThanOrEqualTo(55);
        assertThat(all.values()).allSatisfy(row -> {
            long least = row.get(VM.MEMORY_STATIC_MIN);
            assertThat(least).isGreaterThanOrEqualTo(128 * MIB);
            assertThat(row.get(VM.MEMORY_STATIC_MAX)).isEqualTo(2 * least);
            assertThat(row.get(VM.MEMORY_DYNAMIC_MIN)).isEqualTo(2 * least);
            assertThat(row.get(VM.MEMORY_DYNAMIC_MAX)).isEqualTo(2 * least);
            assertThat(UUID.fromString(row.get(VM.UUID))).hasToString(row.get(VM.UUID));
            assertThat(row.get(VM.IS_A_TEMPLATE) && row.get(VM.IS_DEFAULT_TEMPLATE))
                    .isTrue();
            assertThat(row.get(VM.OTHER_CONFIG))
                    .containsEntry("default_template", "true")
                    .containsKey("mac_seed");
            assertThat(row.get(VM.RECOMMENDATIONS))
                    .startsWith("<restrictions><restriction field=\"memory-static-max\" max=\"")
                    .contains("<restriction property=\"number-of-vbds\" max=\"255\"/>")
                    .endsWith("<restriction property=\"number-of-vifs\" max=\"7\"/></restrictions>");
        });
        assertThat(all.values()).extracting(row -> row.get(VM.NAME_LABEL)).doesNotHaveDuplicates();
        assertThat(Templates.read())
                .extracting(template -> template.get("edition").asInt())
                .contains(Templates.EDITION)
                .allMatch(edition -> edition >= 1 && edition <= Templates.EDITION);
    }

    @Test
    void theyAreXenServersOwn() {
        create(0, true);
        Row<VM> other = byReference().get("other-install-media");
        assertThat(other.get(VM.UUID)).isEqualTo("552bce37-51b2-445d-84f2-5f33fa112d7e");
        assertThat(other.get(VM.MEMORY_STATIC_MIN)).isEqualTo(128 * MIB);
        assertThat(other.get(VM.RECOMMENDATIONS))
                .contains("field=\"memory-static-max\" max=\"137438953472\"")
                .contains("field=\"vcpus-max\" max=\"64\"")
                .contains("field=\"supports-uefi\" value=\"yes\"");
        assertThat(other.get(VM.OTHER_CONFIG)).doesNotContainKey("disks");
        Row<VM> windows = byReference().get("windows-11");
        assertThat(windows.get(VM.VCPUS_MAX)).isEqualTo(2);
        assertThat(windows.get(VM.GENERATION_ID)).isEqualTo("0:0");
        assertThat(windows.get(VM.HVM_BOOT_PARAMS)).isEqualTo(Map.of("firmware", "uefi", "order", "cd"));
        assertThat(windows.get(VM.PLATFORM))
                .containsEntry("vtpm", "true")
                .containsEntry("secureboot", "auto")
                .containsEntry("cores-per-socket", "2")
                .containsEntry("viridian_stimer", "true")
                .doesNotContainKey("device-model");
        assertThat(windows.get(VM.OTHER_CONFIG).get("disks"))
                .contains("size=\"" + (64L << 30) + "\"")
                .contains("bootable=\"false\"");
        assertThat(windows.get(VM.RECOMMENDATIONS))
                .contains("field=\"has-vendor-device\" value=\"true\"")
                .contains("field=\"vcpus-min\" min=\"2\"")
                .contains("field=\"supports-bios\" value=\"no\"");
        Row<VM> debian = byReference().get("debian-12");
        assertThat(debian.get(VM.HVM_BOOT_PARAMS)).isEqualTo(Map.of("firmware", "uefi", "order", "cdn"));
        assertThat(debian.get(VM.RECOMMENDATIONS)).contains("field=\"allow-gpu-passthrough\" value=\"1\"");
        Row<VM> old = byReference().get("rhel-6-64bit");
        assertThat(old.get(VM.DOMAIN_TYPE)).isEqualTo(DomainType.PV_IN_PVH);
        assertThat(old.get(VM.PV_BOOTLOADER)).isEqualTo("eliloader");
        assertThat(old.get(VM.HVM_BOOT_POLICY)).isEmpty();
    }

    @Test
    void withoutUefiWhatSupportsBiosHasBios() {
        create(0, false);
        Row<VM> debian = byReference().get("debian-12");
        assertThat(debian.get(VM.HVM_BOOT_PARAMS)).containsEntry("firmware", "bios");
        assertThat(debian.get(VM.PLATFORM))
                .containsEntry("device-model", "qemu-upstream-compat")
                .containsEntry("secureboot", "false");
        assertThat(byReference().get("windows-11").get(VM.HVM_BOOT_PARAMS)).containsEntry("firmware", "uefi");
    }

    @Test
    void anOlderInstallationGetsWhatIsNewAndKeepsWhatItHasAndHasNot() {
        Row<VM> changed = Row.of(VM.XEN_CLASS)
                .with(VM.IS_A_TEMPLATE, true)
                .with(VM.REFERENCE_LABEL, "debian-12")
                .with(VM.NAME_LABEL, "Debian Bookworm 12")
                .with(VM.MEMORY_STATIC_MAX, 4096 * MIB);
        Ref<VM> debian = store.transact(tx -> tx.create(changed));
        String rhel = Templates.read().stream()
                .filter(template -> template.get("reference").asText().equals("rhel-9"))
                .map(template -> template.get("uuid").asText())
                .findFirst()
                .orElseThrow();
        Ref<VM> taken = store.transact(tx -> tx.create(Row.of(VM.XEN_CLASS).with(VM.UUID, rhel)));

        create(1, true);

        Map<String, Row<VM>> all = byReference();
        assertThat(store.snapshot().get(debian, VM.MEMORY_STATIC_MAX)).isEqualTo(4096 * MIB);
        assertThat(all).containsKeys("windows-11", "rhel-10").doesNotContainKeys("ubuntu-24.04", "rhel-9");
        assertThat(store.snapshot().find(taken)).isPresent();
        long edition1 = Templates.read().stream()
                .map(template -> template.get("edition"))
                .filter(edition -> edition.asInt() == 1)
                .count();
        assertThat(all).hasSize((int) (Templates.read().size() - edition1 - 1 + 2));

        int before = all.size();
        create(Templates.EDITION, true);
        assertThat(store.snapshot().count(VM.XEN_CLASS)).isEqualTo(before);
    }

    @Test
    void everyKindIsOfUseAndKnown() {
        List<JsonNode> all = Templates.read();
        assertThat(all)
                .allSatisfy(template -> assertThat(
                                template.has("memoryMin") && template.has("memoryLimit") && template.has("vcpusLimit"))
                        .as(template.get("reference").asText())
                        .isTrue());
    }
}
