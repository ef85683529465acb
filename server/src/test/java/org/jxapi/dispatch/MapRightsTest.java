package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.session.Rights;
import org.jxapi.session.RightsOfRole;

/** Upstream: ocaml/xapi/helpers.ml set_map_with_rbac. */
class MapRightsTest {
    private static Call as(BuiltInRole role) {
        Rights rights = RightsOfRole.of(role);
        return new CallContext("test", Ref.nil(), Ref.nil(), false, Call.Origin.INTERNAL, null, null, rights);
    }

    private static void set(BuiltInRole role, String field, Map<String, String> before, Map<String, String> after) {
        MapRights.check(as(role), "VM", field, before, after);
    }

    @Test
    void aProtectedKeyComesGoesAndChangesOnlyByWhomItIsFor() {
        Map<String, String> with = Map.of("hvm_serial", "pty", "acpi", "true");
        Map<String, String> changed = Map.of("hvm_serial", "none", "acpi", "false");
        Map<String, String> without = Map.of("acpi", "false");
        assertThatCode(() -> set(BuiltInRole.VM_ADMIN, "platform", with, Map.of("hvm_serial", "pty")))
                .doesNotThrowAnyException();
        assertThatCode(() -> set(BuiltInRole.POOL_ADMIN, "platform", without, with))
                .doesNotThrowAnyException();
        for (Map<String, String> after : java.util.List.of(changed, with)) {
            Map<String, String> before = after == changed ? with : without;
            assertThatThrownBy(() -> set(BuiltInRole.VM_ADMIN, "platform", before, after))
                    .isInstanceOfSatisfying(XenApiException.class, e -> {
                        assertThat(e.code()).isEqualTo("RBAC_PERMISSION_DENIED");
                        assertThat(e.params().get(0)).isEqualTo("vm.add_to_platform/key:hvm_serial");
                        assertThat(e.params().get(1)).contains("pool-admin");
                    });
        }
        assertThatThrownBy(() -> set(BuiltInRole.VM_ADMIN, "platform", with, without))
                .isInstanceOfSatisfying(
                        XenApiException.class,
                        e -> assertThat(e.params().get(0)).isEqualTo("vm.remove_from_platform/key:hvm_serial"));
    }

    @Test
    void aKeyForLesserRolesNeedsNoMore() {
        assertThatCode(() -> set(
                        BuiltInRole.VM_OPERATOR,
                        "other_config",
                        Map.of(),
                        Map.of("folder", "/a", "XenCenter.CustomFields.owner", "me")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> set(BuiltInRole.VM_ADMIN, "other_config", Map.of(), Map.of("pci", "0/0000:81:00.0")))
                .hasMessageContaining("RBAC_PERMISSION_DENIED");
    }
}
