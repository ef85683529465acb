package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.directory.Directories;
import org.jxapi.dispatch.Call;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Role;
import org.jxapi.xenapi.Subject;

/** Subjects without a directory that could be asked about new ones. */
class SubjectServiceTest {
    @TempDir
    Path folder;

    private final MessageTable<Call> table = new MessageTable<>();
    private Store store;
    private Ref<Subject> subject;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        SubjectService service = new SubjectService(
                store, new ExternalAuth(store, new Directories("none", () -> null, Optional::empty)));
        service.bind(table);
        subject = store.transact(tx -> tx.create(Row.of(Subject.XEN_CLASS)
                .with(Subject.SUBJECT_IDENTIFIER, "S-1-5-21")
                .with(Subject.ROLES, List.of())));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Object call(String message, Object... args) throws Exception {
        return table.get(message).call(null, args);
    }

    private static Row<Subject> given(String identifier) {
        return Row.of(Subject.XEN_CLASS)
                .with(Subject.SUBJECT_IDENTIFIER, identifier)
                .with(Subject.OTHER_CONFIG, Map.of());
    }

    /** xapi_subject.ml create. */
    @Test
    void aKnownSubjectIsRefusedBeforeTheDirectoryIsAsked() {
        assertThatThrownBy(() -> call("subject.create", given("S-1-5-21")))
                .isInstanceOfSatisfying(XenApiException.class, e -> {
                    assertThat(e.code()).isEqualTo("SUBJECT_ALREADY_EXISTS");
                    assertThat(e.params()).isEmpty();
                });
        assertThatThrownBy(() -> call("subject.create", given("S-2")))
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("AUTH_IS_DISABLED"));
        assertThat(store.snapshot().count(Subject.XEN_CLASS)).isEqualTo(1);
    }

    @Test
    void aSubjectHasRolesAndTheirPermissions() throws Exception {
        Ref<Role> role = Roles.all().named("vm-operator").orElseThrow();
        assertThatThrownBy(() -> call("subject.add_to_roles", subject, Role.XEN_CLASS.ref("OpaqueRef:none")))
                .hasMessageContaining("ROLE_NOT_FOUND");
        call("subject.add_to_roles", subject, role);
        assertThatThrownBy(() -> call("subject.add_to_roles", subject, role))
                .hasMessageContaining("ROLE_ALREADY_EXISTS");
        assertThat((List<?>) call("subject.get_permissions_name_label", subject))
                .anyMatch("vm.start"::equals)
                .noneMatch("vm.destroy"::equals);
        call("subject.remove_from_roles", subject, role);
        assertThatThrownBy(() -> call("subject.remove_from_roles", subject, role))
                .hasMessageContaining("ROLE_NOT_FOUND");
        assertThat(store.snapshot().get(subject, Subject.ROLES)).isEmpty();
    }
}
